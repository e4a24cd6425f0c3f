/** Comparing one value of a request with one value of a policy. Undefined means that one of them is no such value, so nothing can be said. */
import { BlockList, isIP } from 'node:net';
import type { Order } from './operators.ts';

/** Numbers, as decimal text. */
export function compareNumbers(order: Order, actual: string, expected: string): boolean | undefined {
  return inOrder(order, decimal(actual), decimal(expected));
}

/** Dates, as ISO 8601 with a zone or as seconds since 1970. */
export function compareDates(order: Order, actual: string, expected: string): boolean | undefined {
  return inOrder(order, instant(actual), instant(expected));
}

/** `true` or `false`, in any case. */
export function compareBooleans(actual: string, expected: string): boolean | undefined {
  const [left, right] = [actual.toLowerCase(), expected.toLowerCase()];
  return isBoolean(left) && isBoolean(right) ? left === right : undefined;
}

/** Bytes, as base64. */
export function compareBinary(actual: string, expected: string): boolean | undefined {
  return isBase64(actual) && isBase64(expected) ? Buffer.from(actual, 'base64').equals(Buffer.from(expected, 'base64')) : undefined;
}

/** True if an address lies in a range such as `10.0.0.0/8`, `2001:db8::/32` or a single address. */
export function inRange(address: string, range: string): boolean | undefined {
  const [network = '', bits, ...rest] = range.split('/');
  const family = isIP(network);
  const actual = isIP(address);
  const most = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === 0 || actual === 0 || rest.length > 0 || !(prefix <= most)) return undefined;
  if (family !== actual) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, prefix, kind);
  return list.check(address, kind);
}

const isBoolean = (value: string): boolean => value === 'true' || value === 'false';
const isBase64 = (value: string): boolean => /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0;

function inOrder(order: Order, actual: number | undefined, expected: number | undefined): boolean | undefined {
  if (actual === undefined || expected === undefined) return undefined;
  if (order === 'equal') return actual === expected;
  if (order === 'less') return actual < expected;
  if (order === 'less-or-equal') return actual <= expected;
  return order === 'greater' ? actual > expected : actual >= expected;
}

function decimal(text: string): number | undefined {
  return /^[+-]?\d{1,30}(\.\d{1,30})?$/.test(text) ? Number(text) : undefined;
}

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

function instant(text: string): number | undefined {
  const seconds = decimal(text);
  if (seconds !== undefined) return seconds * 1000;
  const milliseconds = ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
