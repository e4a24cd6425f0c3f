/** Where this cloud writes what its operator should know. */

/** One event: a short text and facts beside it. Never a secret, a token or a customer's bytes. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, facts?: Readonly<Record<string, unknown>>) => void;
