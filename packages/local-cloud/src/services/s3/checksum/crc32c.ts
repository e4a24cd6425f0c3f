/** CRC-32C (Castagnoli, RFC 3720 B.4), eight bytes a step. */

const POLYNOMIAL = 0x82f63b78;
const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index += 1) {
    const before = at(tables, index - 256);
    tables[index] = (before >>> 8) ^ at(tables, before & 0xff);
  }
  return tables;
}

/** An element that is known to be there. */
function at(numbers: Uint8Array | Uint32Array, index: number): number {
  return numbers[index] as number;
}

/** Continues a CRC-32C over `bytes`; start with 0. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const { length } = bytes;
  let crc = ~before;
  let index = 0;
  for (; index + 8 <= length; index += 8) {
    const low = crc ^ (at(bytes, index) | (at(bytes, index + 1) << 8) | (at(bytes, index + 2) << 16) | (at(bytes, index + 3) << 24));
    crc =
      at(TABLES, 1792 + (low & 0xff)) ^
      at(TABLES, 1536 + ((low >>> 8) & 0xff)) ^
      at(TABLES, 1280 + ((low >>> 16) & 0xff)) ^
      at(TABLES, 1024 + (low >>> 24)) ^
      at(TABLES, 768 + at(bytes, index + 4)) ^
      at(TABLES, 512 + at(bytes, index + 5)) ^
      at(TABLES, 256 + at(bytes, index + 6)) ^
      at(TABLES, at(bytes, index + 7));
  }
  for (; index < length; index += 1) crc = (crc >>> 8) ^ at(TABLES, (crc ^ at(bytes, index)) & 0xff);
  return ~crc >>> 0;
}
