/** Why it did not start, as one line that says what to do. */

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly port?: number;
}

/** One line for an error that came up while starting; the data folder's own errors say it themselves. */
export function explainStart(error: unknown): string {
  if (!(error instanceof Error)) return `Could not start: ${String(error)}.`;
  if (error.name === 'DataFolderError' || error.name === 'DataLockedError') return `Could not start: ${error.message} (HQ_DATA).`;
  if (!('code' in error) || typeof error.code !== 'string') return `Could not start: ${error.message}`;
  const { code, path, port } = error as SystemError;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program. Stop it, or choose another with HQ_PORT or HQ_STORAGE_PORT.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      if (port !== undefined) return `Port ${port} needs rights that this user doesn't have. Choose one above 1023 with HQ_PORT or HQ_STORAGE_PORT.`;
      return `${path ?? 'The data folder'} can't be written by this user. Choose another folder with HQ_DATA.`;
    case 'ENOSPC':
      return `No room is left on the disk that holds ${path ?? 'the data folder'}.`;
    default:
      return `Could not start: ${error.message}`;
  }
}
