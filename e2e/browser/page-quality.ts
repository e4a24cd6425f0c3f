/** What every page owes the person in front of it, read from the page as the browser shows it. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Fails unless the page names itself and its language, labels each field, and fits its window. With HQ_SCREENSHOTS=folder it also leaves a picture there. */
export async function expectGoodPage(page: Page, title: string): Promise<void> {
  const folder = process.env['HQ_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${pictures++}-${title.replace(/\W+/g, '-')}.png`), fullPage: true });
  expect(await page.title()).toContain(title);
  const seen = await page.evaluate(() => {
    const fields = [...document.querySelectorAll<HTMLInputElement>('input:not([type=hidden])')];
    return {
      language: document.documentElement.lang,
      headings: document.querySelectorAll('h1').length,
      unlabelled: fields.filter((field) => (field.labels?.[0]?.textContent ?? '').trim() === '').map((field) => field.outerHTML),
      dangling: fields
        .flatMap((field) => (field.getAttribute('aria-describedby') ?? '').split(' '))
        .filter((id) => id !== '' && document.getElementById(id) === null),
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  });
  expect(seen).toEqual({ language: 'en', headings: 1, unlabelled: [], dangling: [], sideways: 0 });
}

let pictures = 0;

/** Fails unless the problem is said, and the field to mend has the focus, is marked, and points at what was said. */
export async function expectProblem(page: Page, field: string, problem: string | RegExp): Promise<void> {
  expect(await page.getByRole('alert').textContent()).toMatch(problem);
  const focused = await page.evaluate(() => {
    const input = document.activeElement;
    return { id: input?.id, invalid: input?.getAttribute('aria-invalid'), describedBy: input?.getAttribute('aria-describedby')?.split(' ')[0] };
  });
  expect(focused).toEqual({ id: field, invalid: 'true', describedBy: 'problem' });
}
