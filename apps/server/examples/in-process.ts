/**
 * The API without HTTP: an internal tool puts a deployment together and calls procedures in its own process. It goes through the whole chain all the same:
 * token, trail, membership, decision, narrowed session. There is no side door.
 *
 * Run it with `node apps/server/examples/in-process.ts`: it starts a deployment of its own in a temporary folder, and leaves nothing behind.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCaller } from '@hq/api';
import { signUpForTest } from '@hq/local-cloud/test-support/sign-up';
import { composeLocal } from '../src/compose.ts';
import { createLineLog } from '../src/line-log.ts';

const data = mkdtempSync(join(tmpdir(), 'hq-example-'));
const [port = 18787, storagePort = 18788] = process.argv.slice(2).map(Number);
const running = await composeLocal({ port, storagePort, data }, createLineLog(process.stderr));
try {
  // A tool acts for a person, with that person's token; here for one who has just signed up.
  const { accessToken: token } = await signUpForTest({ origin: running.apiUrl });
  const hq = createCaller({ ports: running.ports, request: { id: randomUUID(), token, sourceIp: null, userAgent: 'in-process example' } });

  const { id: vault } = await hq.orgs.create({ name: 'example' });
  await hq.files.put({ vault, path: 'hello.md', content: btoa('Hello from this process.'), contentType: 'text/markdown' });
  const { content } = await hq.files.get({ vault, path: 'hello.md' });
  process.stdout.write(`${atob(content)}\n`);
} finally {
  await running.close();
  rmSync(data, { recursive: true, force: true });
}
