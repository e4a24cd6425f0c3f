/**
 * Code that must not compile. Each `@ts-expect-error` turns into an error of its own on the day the line below it compiles, so `tsc` is what runs this test;
 * nothing in it is executed.
 */
import { expect, it } from 'vitest';
import { canonicalPath } from '@hq/shared/path';
import * as schema from '@hq/shared/schema/files';
import type { Context } from '../../src/context.ts';
import type { AppRouter } from '../../src/index.ts';
import { getFile, type FileJob } from '../../src/operations/files/file.ts';
import { openFile, type StoragePorts } from '../../src/operations/storage-session.ts';
import { authorized } from '../../src/procedures/authorized.ts';
import { restStatuses } from '../../src/error-map.ts';
import type { Access } from '../../src/stores/access.ts';

export function mustNotCompile(ports: StoragePorts, job: FileJob, access: Access, context: Context, caller: ReturnType<AppRouter['createCaller']>): void {
  // A path that did not go through `canonicalPath` opens nothing.
  // @ts-expect-error
  void openFile(ports, job, 'raw/../path', 'read');
  void openFile(ports, job, canonicalPath('a/b'), 'read');
  // @ts-expect-error
  void getFile(ports, { ...job, at: { path: 'raw' } }, {});

  // An operation can not run for somebody whose vault has no storage.
  // @ts-expect-error
  void openFile(ports, { access, asker: job.asker }, canonicalPath('a'), 'read');

  // A path of the input that nobody decides about.
  // @ts-expect-error
  authorized(schema.copyInput, { from: 'copyFrom' });
  // A field that is no path, and an action that is none.
  // @ts-expect-error
  authorized(schema.getInput, { path: 'get', versionId: 'get' });
  // @ts-expect-error
  authorized(schema.getInput, { path: 'look' });
  // An input that names no vault.
  // @ts-expect-error
  authorized(schema.entry, { path: 'get' });

  // The context of a request knows nobody yet.
  // @ts-expect-error
  void context.access;

  // A client that forgets the vault, or sends a number for a path.
  // @ts-expect-error
  void caller.files.get({ path: 'a' });
  // @ts-expect-error
  void caller.files.get({ vault: 'personal', path: 3 });
  // @ts-expect-error
  void caller.files.get({ vault: 'personal', path: 'a' }).then(({ body }) => body);

  // A code that the transport has no answer for.
  // @ts-expect-error
  void restStatuses['TEAPOT'];
}

it('is judged by the compiler', () => {
  expect(mustNotCompile).toBeTypeOf('function');
});
