/** An organization with people at their terminals, as the stories about teams begin. */
import { newPerson } from '@hq/local-cloud/test-support/sign-up';
import { startServer, type TestServer } from './server.ts';
import { openShell, type Shell } from './shell.ts';

export interface Team {
  readonly server: TestServer;
  /** Admin of `acme`, which she works in. */
  readonly ada: Shell;
  /** Signed in, and in no organization. */
  readonly bob: Shell;
  /** Admin of `globex`, and a stranger to `acme`. */
  readonly eve: Shell;
  /** The id of `acme`. */
  readonly acme: string;
  /** A file of `acme`, written by her. */
  put(path: string, text: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Everyone has an address like `bob@example.com`. */
export async function startTeam(): Promise<Team> {
  const server = await startServer();
  const [ada, bob, eve] = [openShell(server.apiUrl), openShell(server.apiUrl), openShell(server.apiUrl)];
  await Promise.all([ada.login(newPerson('ada@example.com')), bob.login(newPerson('bob@example.com')), eve.login(newPerson('eve@example.com'))]);
  const { id: acme } = JSON.parse(await ada.ok('org', 'create', 'acme', '--use', '--json')) as { id: string };
  await eve.ok('org', 'create', 'globex', '--use');
  return {
    server,
    ada,
    bob,
    eve,
    acme,
    put: async (path, text) => {
      const { code, stderr } = await ada.run('hq', ['files', 'put', '-', path], { input: text });
      if (code !== 0) throw new Error(`"${path}" was not put:\n${stderr}`);
    },
    async [Symbol.asyncDispose]() {
      for (const shell of [ada, bob, eve]) shell[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
