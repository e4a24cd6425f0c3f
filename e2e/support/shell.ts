/** A person at a terminal: `hq` with a profile and a home of their own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Browser } from '@hq/local-cloud/test-support/browser';
import { mailedCode, newPerson, type TestPerson } from '@hq/local-cloud/test-support/sign-up';
import { clone } from './server.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Shell {
  readonly home: string;
  /** What its programs find in their environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Runs a program, or `hq` from the clone, in the clone's folder; never fails by itself. */
  run(
    command: string,
    args: readonly string[],
    options?: { readonly input?: string; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
  ): Promise<Ran>;
  hq(...args: readonly string[]): Promise<Ran>;
  /** `hq` that has to succeed; gives its standard output. */
  ok(...args: readonly string[]): Promise<string>;
  /** Starts `hq login --no-browser`: the address that it prints, and how it ends. */
  beginLogin(): Promise<{ readonly address: string; readonly ended: Promise<Ran> }>;
  /** Signs in through `hq login --no-browser`, as a person with a browser would; makes the account first unless it is there. */
  login(person?: TestPerson, account?: 'new' | 'existing'): Promise<TestPerson>;
  [Symbol.dispose](): void;
}

/** A shell for someone new on this machine. `path` overrides the search path, for example to run `hq` on the system's Node. */
export function openShell(apiUrl: string, env: Readonly<Record<string, string>> = {}): Shell {
  const home = mkdtempSync(join(tmpdir(), 'hq-home-'));
  // Settings of this machine that would reach other people's clients.
  const { AWS_CA_BUNDLE: _bundle, ...inherited } = process.env;
  const environment = {
    ...inherited,
    PATH: `${join(clone, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: home,
    HQ_HOME: join(home, '.hq'),
    HQ_API: apiUrl,
    AWS_EC2_METADATA_DISABLED: 'true',
    // No keychain in a test: the profile is the file in its home.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    ...env,
  };
  const launch: Shell['run'] = (command, args, options = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, [...args], { cwd: options.cwd ?? clone, env: { ...environment, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (stdout += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk));
      child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.on('error', () => undefined).end(options.input ?? '');
    });
  const shell: Shell = {
    home,
    environment,
    run: launch,
    hq: (...args) => launch('hq', args),
    async ok(...args) {
      const { code, stdout, stderr } = await shell.hq(...args);
      if (code !== 0) throw new Error(`hq ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
      return stdout;
    },
    async beginLogin() {
      const child = spawn('hq', ['login', '--no-browser'], { cwd: clone, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
      let [stdout, stderr] = ['', ''];
      const ended = new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
      const address = await new Promise<string>((resolve, reject) => {
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (stdout += chunk));
        child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
          stderr += chunk;
          const found = /^\s*(http:\/\/\S+)\n/m.exec(stderr)?.[1];
          if (found !== undefined) resolve(found);
        });
        child.once('exit', (code) => reject(new Error(`hq login ended with ${code}:\n${stderr}`)));
      });
      return { address, ended };
    },
    async login(person = newPerson(), account = 'new') {
      const { address, ended } = await shell.beginLogin();
      const browser = new Browser();
      const page = await browser.get(address);
      const done =
        account === 'new'
          ? await browser.submit(
              await browser.submit(await browser.get(`${page.url}/sign-up`), 'sign-up', { email: person.email, password: person.password }),
              'confirm',
              {
                code: await mailedCode(apiUrl, person.email),
              },
            )
          : await browser.submit(page, 'sign-in', { email: person.email, password: person.password });
      await fetch(done.url);
      const { code, stderr } = await ended;
      if (code !== 0) throw new Error(`hq login ended with ${code}:\n${stderr}`);
      return person;
    },
    [Symbol.dispose]() {
      rmSync(home, { recursive: true, force: true });
    },
  };
  return shell;
}
