/** Time is whole seconds since 1970-01-01T00:00:00Z, as in a JWT's `exp` and in DynamoDB's expiry. Clocks are always handed in. */
export type EpochSeconds = number;

/** The present, in whole seconds. */
export type Clock = () => EpochSeconds;

/** Seconds as ISO 8601 in UTC, for answers that people read: `2027-01-31T00:00:00Z`. */
export function toIso(seconds: EpochSeconds): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
