/** Words on the command line that don't fit. Apart from `HqError`, because the cure is the verb's help. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
