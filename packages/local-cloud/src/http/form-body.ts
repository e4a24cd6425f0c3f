/** A browser's form upload (`multipart/form-data`): its small fields whole, its one file as a stream. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
import { AwsError } from './aws-error.ts';

export interface Form {
  /** Fields before the file, by lower-case name; what follows the file is ignored, as on AWS. */
  readonly fields: ReadonlyMap<string, string>;
  /** The file's own name without the folders that some browsers send; empty where there is none. */
  readonly fileName: string;
  /** The file's bytes. It throws where the form does not end as it should: whoever stores them must not show them before. */
  readonly file: AsyncIterable<Uint8Array>;
}

/** AWS's limit for everything in front of the file. */
const MAX_FIELD_BYTES = 20 * 1024;
/** What may follow the file, which is read and ignored. */
const MAX_REST_BYTES = 1024 * 1024;

/**
 * Reads a form up to its file.
 * @throws AwsError 400 `MalformedPOSTRequest`, `MaxPostPreDataLengthExceeded`, or `InvalidArgument` where there is no file.
 */
export async function readForm(pieces: AsyncIterable<Uint8Array>, contentType: string): Promise<Form> {
  const boundary = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s";,]{1,70}))/i.exec(contentType);
  if (boundary === null) throw malformedForm();
  const reader = new FormReader(pieces, `\r\n--${boundary[1] ?? boundary[2] ?? ''}`);
  const fields = new Map<string, string>();
  await reader.openFirst();
  for (;;) {
    const part = await reader.partHeader();
    if (part === undefined) throw new AwsError(400, 'InvalidArgument', 'POST requires exactly one file upload per request.', { ArgumentName: 'file' });
    const name = part.name.toLowerCase();
    if (name === 'file') return { fields, fileName: part.fileName.replace(/^.*[/\\]/s, ''), file: reader.file() };
    if (fields.has(name)) throw malformedForm();
    fields.set(name, await reader.value());
  }
}

function malformedForm(): AwsError {
  return new AwsError(400, 'MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.');
}

class FormReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  /** The first boundary has no line end before it, so one is put there. */
  #rest: Buffer = Buffer.from('\r\n');
  #budget = MAX_FIELD_BYTES;

  constructor(pieces: AsyncIterable<Uint8Array>, delimiter: string) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(delimiter, 'latin1');
  }

  /** Goes behind the first boundary, with which a form begins. */
  async openFirst(): Promise<void> {
    if ((await this.#until(this.#delimiter)).length > 0) throw malformedForm();
  }

  /** What a part says about itself; undefined at the end of the form. */
  async partHeader(): Promise<{ name: string; fileName: string } | undefined> {
    const boundaryEnd = await this.#until(Buffer.from('\r\n'), true);
    if (boundaryEnd.toString('latin1').startsWith('--')) return undefined;
    if (boundaryEnd.toString('latin1').trim() !== '') throw malformedForm();
    // Headers and the empty line behind them; the line end that was just taken belongs to the search.
    this.#rest = Buffer.concat([Buffer.from('\r\n'), this.#rest]);
    const headers = decodeUtf8(await this.#until(Buffer.from('\r\n\r\n')));
    const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(headers)?.[1] ?? '';
    const name = parameter(disposition, 'name');
    if (name === undefined || name === '') throw malformedForm();
    return { name, fileName: parameter(disposition, 'filename') ?? '' };
  }

  /** The value of a field. */
  async value(): Promise<string> {
    return decodeUtf8(await this.#until(this.#delimiter));
  }

  /** The bytes up to the next boundary, and then the rest of the form, unread by anybody. */
  async *file(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const at = this.#rest.indexOf(this.#delimiter);
        const safe = at >= 0 ? at : Math.max(0, this.#rest.length - this.#delimiter.length + 1);
        if (safe > 0) yield this.#rest.subarray(0, safe);
        this.#rest = this.#rest.subarray(safe);
        if (at >= 0) break;
        await this.#more();
      }
      for (let left = MAX_REST_BYTES; left > 0; ) {
        const next = await this.#pieces.next();
        if (next.done === true) return;
        left -= next.value.length;
      }
      throw malformedForm();
    } finally {
      await this.#pieces.return?.();
    }
  }

  /** Takes everything up to `mark`, and `mark` itself. */
  async #until(mark: Buffer, orEnd = false): Promise<Buffer> {
    for (;;) {
      const at = this.#rest.indexOf(mark);
      const taken = at < 0 ? this.#rest.length : at + mark.length;
      if (taken > this.#budget) throw tooMuch();
      if (at >= 0) {
        const found = this.#rest.subarray(0, at);
        this.#rest = this.#rest.subarray(taken);
        this.#budget -= taken;
        return found;
      }
      // Some clients end the last boundary without a line end.
      if (orEnd && this.#rest.toString('latin1') === '--') return this.#rest;
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const next = await this.#pieces.next();
    if (next.done === true) throw malformedForm();
    this.#rest = Buffer.concat([this.#rest, next.value]);
  }
}

function tooMuch(): AwsError {
  return new AwsError(400, 'MaxPostPreDataLengthExceeded', 'Your POST request fields preceding the upload file were too large.', {
    MaxPostPreDataLengthBytes: String(MAX_FIELD_BYTES),
  });
}

function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s";]*))`, 'i').exec(disposition);
  return found?.[1] ?? found?.[2];
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformedForm();
  }
}
