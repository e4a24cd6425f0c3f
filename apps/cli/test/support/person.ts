/** A person at a terminal: runs the built `hq` on the oldest Node it promises to run on, and uses a browser where it asks for one. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Browser } from '@hq/local-cloud/test-support/browser';
import { mailedCode } from '@hq/local-cloud/test-support/sign-up';
import { systemNode } from './system-node.ts';

const door = fileURLToPath(new URL('../../bin/hq.js', import.meta.url));
const password = 'correct horse battery staple';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Person {
  /** HQ_HOME and the folder that commands run in. */
  readonly home: string;
  /** Runs `hq` with those words. */
  hq(...words: readonly string[]): Promise<Ran>;
  /** The same, expecting success: the answer in JSON. */
  json<T = Record<string, unknown>>(...words: readonly string[]): Promise<T>;
  /** `hq login`: signs up in the browser the first time, signs in afterwards. */
  login(how: 'sign-up' | 'sign-in' | 'decline'): Promise<Ran>;
  leave(): Promise<void>;
}

/** Somebody with that address, in a home of their own. */
export async function person(server: string, email: string): Promise<Person> {
  const home = await mkdtemp(join(tmpdir(), 'hq-person-'));
  const run = async (words: readonly string[], onNote: (line: string) => Promise<void> = async () => undefined): Promise<Ran> => {
    const environment = { PATH: process.env['PATH'], HOME: home, HQ_API: server, HQ_HOME: join(home, '.hq'), HQ_KEYCHAIN: 'off' };
    const child = spawn(systemNode().path, [door, ...words], { cwd: home, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const exit = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
    let stderr = '';
    for await (const line of createInterface({ input: child.stderr })) {
      stderr += `${line}\n`;
      await onNote(line);
    }
    return { code: await exit, stdout: Buffer.concat(chunks).toString(), stderr };
  };

  const visit = async (url: string, how: 'sign-up' | 'sign-in' | 'decline'): Promise<void> => {
    const browser = new Browser();
    const page = await browser.get(url);
    let { url: back } = page;
    if (how === 'sign-up') {
      const sent = await browser.submit(await browser.get(`${page.url}/sign-up`), 'sign-up', { email, password });
      ({ url: back } = await browser.submit(sent, 'confirm', { code: await mailedCode(server, email) }));
    } else if (how === 'sign-in') {
      ({ url: back } = await browser.submit(page, 'sign-in', { email, password }));
    } else {
      const asked = new URL(url).searchParams;
      back = `${asked.get('redirect_uri')}?error=access_denied&state=${asked.get('state')}&iss=${encodeURIComponent(`${server}/sign-in`)}`;
    }
    const answer = await fetch(back);
    if (!answer.ok) throw new Error(`the loopback address answered ${answer.status}`);
  };

  return {
    home,
    hq: (...words) => run(words),
    json: async <T>(...words: readonly string[]): Promise<T> => {
      const { code, stdout, stderr } = await run([...words, '--json']);
      if (code !== 0) throw new Error(`hq ${words.join(' ')} ended with ${code}:\n${stderr}`);
      return JSON.parse(stdout) as T;
    },
    login: (how) => run(['login', '--no-browser'], async (line) => (line.startsWith('http') ? visit(line, how) : undefined)),
    leave: () => rm(home, { recursive: true, force: true }),
  };
}
