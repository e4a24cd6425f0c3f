/** The operator's log: a line of JSON an event, on standard error. */
import type { Log, LogFields } from '@hq/api/ports/log';

export function createLineLog(stream: { write(text: string): unknown }): Log {
  const line = (level: string, event: string, fields: LogFields | undefined, more: LogFields = {}): void => {
    stream.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields, ...more })}\n`);
  };
  return {
    info: (event, fields) => line('info', event, fields),
    warn: (event, fields) => line('warn', event, fields),
    error: (event, cause, fields) => line('error', event, fields, { cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }),
  };
}
