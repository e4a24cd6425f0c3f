/** `files`: what is in a vault. */
import * as schema from '@hq/shared/schema/files';
import { levelsAt } from '../operations/files/access.ts';
import { copyFile, moveFile } from '../operations/files/copy.ts';
import { getFile, putFile, removeFile, statFile } from '../operations/files/file.ts';
import { listFiles, searchFiles } from '../operations/files/listing.ts';
import { listVersions, restoreFile } from '../operations/files/versions.ts';
import { authorized } from '../procedures/authorized.ts';
import { router } from '../trpc.ts';

/** What minting a session and asking storage may refuse with. */
const storageErrors = ['SCOPE_TOO_LARGE', 'CLOCK_SKEW'] as const;

export const files = router({
  list: authorized(schema.listInput, { prefix: 'visible' })
    .meta({ errors: storageErrors })
    .output(schema.listOutput)
    .query(({ ctx, input: { recursive, continuationToken } }) => listFiles(ctx.ports, ctx, { recursive, continuationToken })),

  access: authorized(schema.accessInput, { cone: 'visible' })
    .output(schema.accessOutput)
    .query(({ ctx, input: { paths } }) => levelsAt(ctx.ports, ctx, paths)),

  stat: authorized(schema.statInput, { path: 'stat' })
    .meta({ errors: storageErrors })
    .output(schema.statOutput)
    .query(({ ctx }) => statFile(ctx.ports, ctx)),

  get: authorized(schema.getInput, { path: 'get' })
    .meta({ errors: [...storageErrors, 'TOO_LARGE'] })
    .output(schema.getOutput)
    .query(({ ctx, input: { versionId } }) => getFile(ctx.ports, ctx, { versionId })),

  put: authorized(schema.putInput, { path: 'put' })
    .meta({ errors: [...storageErrors, 'TOO_LARGE', 'PRECONDITION_FAILED', 'STORAGE_FULL'] })
    .output(schema.putOutput)
    .mutation(({ ctx, input: { content, contentType, ifMatch, ifNoneMatch } }) => putFile(ctx.ports, ctx, { content, contentType, ifMatch, ifNoneMatch })),

  remove: authorized(schema.removeInput, { path: 'remove' })
    .meta({ errors: [...storageErrors, 'PRECONDITION_FAILED'] })
    .output(schema.removeOutput)
    .mutation(({ ctx, input: { ifMatch } }) => removeFile(ctx.ports, ctx, { ifMatch })),

  move: authorized(schema.moveInput, { from: 'moveFrom', to: 'moveTo' })
    .meta({ errors: [...storageErrors, 'PRECONDITION_FAILED', 'CONFLICT', 'TOO_LARGE'] })
    .output(schema.moveOutput)
    .mutation(({ ctx, input: { ifMatch, ifNoneMatch } }) => moveFile(ctx.ports, ctx, { ifMatch, ifNoneMatch })),

  copy: authorized(schema.copyInput, { from: 'copyFrom', to: 'copyTo' })
    .meta({ errors: [...storageErrors, 'PRECONDITION_FAILED', 'TOO_LARGE'] })
    .output(schema.copyOutput)
    .mutation(({ ctx, input: { ifMatch, ifNoneMatch } }) => copyFile(ctx.ports, ctx, { ifMatch, ifNoneMatch })),

  versions: authorized(schema.versionsInput, { path: 'versions' })
    .meta({ errors: storageErrors })
    .output(schema.versionsOutput)
    .query(({ ctx, input: { continuationToken } }) => listVersions(ctx.ports, ctx, { continuationToken })),

  restore: authorized(schema.restoreInput, { path: 'restore' })
    .meta({ errors: [...storageErrors, 'TOO_LARGE'] })
    .output(schema.restoreOutput)
    .mutation(({ ctx, input: { versionId } }) => restoreFile(ctx.ports, ctx, { versionId })),

  search: authorized(schema.searchInput, { under: 'visible' })
    .meta({ errors: storageErrors })
    .output(schema.searchOutput)
    .query(({ ctx, input: { text, continuationToken } }) => searchFiles(ctx.ports, ctx, { text, continuationToken })),
});
