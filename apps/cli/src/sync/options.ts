/** Arguments and options that the sync verbs share. */

export const syncArguments = {
  folder: { help: 'The folder; when absent, the one around the current folder, otherwise all that were set up', optional: true },
} as const;

export const syncOptions = {
  yes: { type: 'boolean', short: 'y', help: 'Answer yes to the question before the first upload' },
  'allow-mass-delete': { type: 'boolean', help: 'Go on although more than half of the files would be deleted' },
} as const;
