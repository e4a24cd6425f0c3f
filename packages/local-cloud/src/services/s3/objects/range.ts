/** One byte range (RFC 9110, section 14). S3 serves single ranges; anything else it ignores and sends the whole object. */
import { AwsError } from '../../../http/aws-error.ts';

/** Bytes from `start` (inclusive) to `end` (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The range that a Range header asks of `size` bytes; undefined for the whole. @throws AwsError 416 `InvalidRange`. */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const found = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)$/i.exec(header ?? '');
  if (header === undefined || found === null) return undefined;
  const [first, last] = [found[1] ?? '', found[2] ?? ''];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Number(last);
    if (length === 0 || size === 0) throw invalidRange(header, size);
    return { start: Math.max(0, size - length), end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw invalidRange(header, size);
  return { start, end };
}

/** `Content-Range` for a part of `size` bytes. */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

function invalidRange(header: string, size: number): AwsError {
  return new AwsError(416, 'InvalidRange', 'The requested range is not satisfiable', { RangeRequested: header, ActualObjectSize: String(size) });
}
