/**
 * Bodies in `aws-chunked` framing, signed chunk by chunk or not, with or without trailing headers.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../http/aws-error.ts';
import { incompleteBody } from '../http/message-body.ts';
import { badFraming, ByteSource } from './byte-source.ts';
import type { Verified } from './verify.ts';

const EMPTY_SHA256 = hash('sha256', '', 'hex');
const MAX_LINE = 1024;
const MAX_TRAILERS = 16;

export interface ChunkedOptions {
  /** The signature that the first chunk's goes on from; undefined where chunks are not signed. */
  readonly seed: Verified | undefined;
  readonly trailer: boolean;
  /** `x-amz-decoded-content-length`, in bytes. */
  readonly decodedLength: number;
  /** The names that `x-amz-trailer` announced, lower case: exactly these must come. */
  readonly announced: readonly string[];
}

/**
 * Yields the content. A chunk's bytes are passed on before its signature is known to hold, so only a body that ends well is good.
 * @param trailers filled at the end
 * @throws AwsError 403 `SignatureDoesNotMatch`, 400 `IncompleteBody`, `InvalidRequest` or `MalformedTrailerError`.
 */
export async function* readChunked(pieces: AsyncIterable<Uint8Array>, options: ChunkedOptions, trailers: Map<string, string>): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(pieces);
  const chain = options.seed && new SignatureChain(options.seed);
  let left = options.decodedLength;
  try {
    for (;;) {
      const { size, signature } = readChunkHeader(await source.line(MAX_LINE), chain !== undefined);
      if (size > left) throw incompleteBody();
      const digest = chain && createHash('sha256');
      for (let open = size; open > 0; ) {
        const piece = await source.take(open);
        open -= piece.length;
        digest?.update(piece);
        yield piece;
      }
      left -= size;
      chain?.check('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_SHA256, digest?.digest('hex') ?? ''], signature);
      if (size === 0) break;
      if ((await source.line(0)) !== '') throw badFraming('a chunk must end in CRLF.');
    }
    if (left !== 0) throw incompleteBody();
    await readEnd(source, options, chain, trailers);
  } finally {
    await source.close();
  }
}

function readChunkHeader(line: string, signed: boolean): { size: number; signature: string } {
  const [, hex = '', signature = ''] = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? [];
  if (hex === '') throw badFraming('a chunk must begin with its size in hexadecimal.');
  if (signed && signature === '') throw badFraming('a chunk of a signed body needs its chunk-signature.');
  return { size: Number.parseInt(hex, 16), signature };
}

/** What follows the empty chunk: the trailers with their signature, and an empty line, which some clients leave out where there are no trailers. */
async function readEnd(source: ByteSource, options: ChunkedOptions, chain: SignatureChain | undefined, trailers: Map<string, string>): Promise<void> {
  let signed = '';
  let signature: string | undefined;
  while (!(await source.ended())) {
    const line = await source.line(MAX_LINE);
    if (line === '') break;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (colon <= 0 || !options.trailer || signature !== undefined || trailers.size >= MAX_TRAILERS) throw malformedTrailer();
    if (name === 'x-amz-trailer-signature') signature = value;
    else {
      if (trailers.has(name) || !options.announced.includes(name)) throw malformedTrailer();
      trailers.set(name, value);
      signed += `${name}:${value}\n`;
    }
  }
  if (!(await source.ended())) {
    // After trailers some clients send one more empty line.
    if ((await source.line(0)) !== '' || !(await source.ended())) throw badFraming('something follows its end.');
  }
  if (options.announced.some((name) => !trailers.has(name))) throw malformedTrailer();
  if (chain && options.trailer) chain.check('AWS4-HMAC-SHA256-TRAILER', [hash('sha256', Buffer.from(signed, 'latin1'), 'hex')], signature ?? '');
}

const malformedTrailer = (): AwsError =>
  new AwsError(400, 'MalformedTrailerError', 'The request contained trailing data that was not well-formed or did not conform to our published schema.');

/** Each signature covers the one before it, so that chunks can be neither dropped nor reordered. */
class SignatureChain {
  readonly #seed: Verified;
  #previous: string;

  constructor(seed: Verified) {
    this.#seed = seed;
    this.#previous = seed.signature;
  }

  check(algorithm: string, hashes: readonly string[], claimed: string): void {
    const { amzDate, scope, signingKey } = this.#seed;
    const expected = createHmac('sha256', signingKey)
      .update([algorithm, amzDate, scope, this.#previous, ...hashes].join('\n'))
      .digest();
    const given = Buffer.from(/^[0-9a-f]{64}$/.test(claimed) ? claimed : '', 'hex');
    if (given.length !== expected.length || !timingSafeEqual(expected, given)) {
      throw new AwsError(403, 'SignatureDoesNotMatch', 'A signature inside the body does not match what was sent.');
    }
    this.#previous = claimed;
  }
}
