/** The operator's log: one line an event. No secrets, no bodies, no names of files. */

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** `cause` is written with its stack, for us alone. */
  error(event: string, cause: unknown, fields?: LogFields): void;
}
