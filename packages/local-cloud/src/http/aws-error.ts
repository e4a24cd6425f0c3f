/** A refusal in AWS's words. Each service renders it in its own wire format; anything else that is thrown becomes a 500 `InternalError` and is logged. */
export class AwsError extends Error {
  /** AWS's code, for example `NoSuchKey`. */
  readonly code: string;
  readonly status: number;
  /** More elements of the error body, for example `{ Key: 'a/b' }`. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'AwsError';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}
