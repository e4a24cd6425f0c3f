/** The way from a test into the program of a page. */
import type { Page } from 'playwright-core';
import type { PageDoor } from './sdk-page.ts';

type Result<Name extends keyof PageDoor> = Awaited<ReturnType<PageDoor[Name]>>;

/** Calls one of the page's functions with plain data, and answers what it answers. */
export async function callPage<Name extends keyof PageDoor>(page: Page, name: Name, ...args: Parameters<PageDoor[Name]>): Promise<Result<Name>> {
  await page.waitForFunction('globalThis.door !== undefined');
  // What comes back over the wire is what the named function returned, as JSON.
  return (await page.evaluate(
    ([called, given]) => {
      const { door } = globalThis as unknown as { readonly door: Record<string, (...all: readonly unknown[]) => unknown> };
      return door[called as string]?.(...(given as readonly unknown[]));
    },
    [name, args] as const,
  )) as Result<Name>;
}
