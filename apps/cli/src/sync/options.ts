/** Arguments and options that the sync verbs share. */

export const syncArguments = {
  folder: { help: 'The folder; when absent, the one around the current folder, otherwise all that were set up', optional: true },
} as const;

export const syncOptions = {
  yes: { type: 'boolean', short: 'y', help: 'Answer yes to the question before the first upload' },
  'allow-mass-delete': { type: 'boolean', help: 'Go on although more than half of the files would be deleted' },
} as const;

/** What may go without a question, said before anyone finds out. */
export const firstUploadHelp =
  'The first upload of a folder is listed, and on a terminal a question is asked before it. Without a terminal (a script, a job) nobody can answer:\n' +
  'it is listed and goes, with or without --yes. See what would go with "hq sync init" or "hq sync status", and keep things out with .hqignore.';
