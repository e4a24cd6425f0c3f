/** A sign-in on a free port, in a folder of its own, with cheap password hashing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSignIn, type SignIn, type SignInOptions } from '../../src/sign-in/sign-in.ts';

export interface TestSignIn {
  readonly origin: string;
  readonly data: string;
  readonly signIn: SignIn;
  /** The same data on the same port, after a stop. */
  restart(options?: Partial<SignInOptions>): Promise<void>;
  /** @throws Error when a defect was logged meanwhile. */
  stop(): Promise<void>;
}

export async function startTestSignIn(options: Partial<SignInOptions> = {}): Promise<TestSignIn> {
  const data = await mkdtemp(join(tmpdir(), 'hq-sign-in-'));
  const logged: unknown[] = [];
  let signIn: SignIn | undefined;
  const server = createServer((request, response) => {
    if (signIn === undefined) return response.destroy();
    if (request.url?.startsWith('/outbox') === true) return signIn.handleOutbox(request, response);
    return void signIn.handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const open = async (more: Partial<SignInOptions>): Promise<SignIn> =>
    await createSignIn({
      issuer: `${origin}/sign-in`,
      data,
      passwordCost: { N: 1024, r: 8, p: 1 },
      log: (message, error) => logged.push(message, error),
      ...options,
      ...more,
    });
  signIn = await open({});
  return {
    origin,
    data,
    get signIn() {
      if (signIn === undefined) throw new Error('stopped');
      return signIn;
    },
    async restart(more = {}) {
      signIn?.close();
      signIn = await open(more);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      signIn?.close();
      await rm(data, { recursive: true });
      if (logged.length > 0) throw new Error('the sign-in logged defects', { cause: logged });
    },
  };
}
