/** Sizes as people read them. */
const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** 1,000 bytes are a KB: `4.1 KB`. */
export function readable(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** What is shown while something large is under way: `report.pdf  12.0 MB of 64.0 MB`. */
export function progressOf(name: string, done: number, total: number): string {
  return `${name}  ${readable(done)} of ${readable(total)}`;
}
