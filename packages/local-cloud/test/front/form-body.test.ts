/** The reader of forms sees the same form however its bytes arrive. */
import { expect, test } from 'vitest';
import { readForm } from '../../src/http/form-body.ts';

const TYPE = 'multipart/form-data; boundary="-b-"';
/** A file that nearly holds the boundary, again and again. */
const FILE = '\r\n--\r\n---b\r\n---b\r\n-\r\r\n---b';
const BODY = [
  '---b-\r\nContent-Disposition: form-data; name="Key"\r\n\r\nü\r\n',
  '---b-\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=file; filename="C:\\a\\b.txt"\r\n\r\n',
  `${FILE}\r\n---b-\r\nContent-Disposition: form-data; name=late\r\n\r\nx\r\n---b---\r\n`,
].join('');

async function* pieces(...parts: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part;
}

async function read(source: AsyncIterable<Uint8Array>) {
  const form = await readForm(source, TYPE);
  const found: Uint8Array[] = [];
  for await (const piece of form.file) found.push(piece);
  return { fields: [...form.fields], fileName: form.fileName, file: Buffer.concat(found).toString() };
}

const EXPECTED = { fields: [['key', 'ü']], fileName: 'b.txt', file: FILE };

test('cut at any byte, or into single bytes, it reads the same', async () => {
  const body = Buffer.from(BODY);
  for (let at = 0; at <= body.length; at += 1) expect(await read(pieces(body.subarray(0, at), body.subarray(at)))).toEqual(EXPECTED);
  expect(await read(pieces(...Array.from(body, (byte) => Buffer.from([byte]))))).toEqual(EXPECTED);
});

test('ended anywhere before the boundary behind the file, it is refused', async () => {
  const body = Buffer.from(BODY);
  const end = body.indexOf(`${FILE}\r\n---b-`) + FILE.length + '\r\n---b-'.length;
  for (let at = 0; at < end; at += 1) {
    await expect(read(pieces(body.subarray(0, at))), `ended at ${at}`).rejects.toMatchObject({ code: 'MalformedPOSTRequest' });
  }
});

test('what follows the file has an end too', async () => {
  const rest = Array.from({ length: 17 }, () => Buffer.alloc(65_536));
  await expect(read(pieces(Buffer.from(BODY), ...rest))).rejects.toMatchObject({ code: 'MalformedPOSTRequest' });
});
