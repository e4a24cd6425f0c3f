/** What a person does with the sign-in's pages, with a mouse or with the keyboard alone. */
import type { Page } from 'playwright-core';

/** Presses Tab until the thing with that label or text has the focus, which must be plain to see. @throws Error where the keyboard never gets there. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 15; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element instanceof HTMLInputElement ? element.labels?.[0] : element;
      return { name: label?.textContent?.trim(), outline: element === null ? '' : getComputedStyle(element).outlineStyle };
    });
    if (focused.name !== name) continue;
    if (focused.outline === 'none') throw new Error(`nothing shows that "${name}" has the focus`);
    return;
  }
  throw new Error(`the keyboard does not reach "${name}" on ${page.url()}`);
}

/** Fills in fields by their labels and presses the button. */
export async function fillAndSend(page: Page, fields: Readonly<Record<string, string>>, button: string): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Opens the local mailbox from the page that waits for a code, in another tab of the same browser, and reads the newest code to that address. */
export async function readMailedCode(
  page: Page,
  email: string,
  follow: () => Promise<void>,
  look: (mailbox: Page) => Promise<void> = async () => {},
): Promise<string> {
  const opened = page.context().waitForEvent('page');
  await follow();
  const mailbox = await opened;
  const letter = mailbox.locator('article', { hasText: `to ${email}` }).first();
  const code = /\b\d{6}\b/.exec((await letter.locator('h2').textContent()) ?? '')?.[0];
  await look(mailbox);
  await mailbox.close();
  if (code === undefined) throw new Error(`the mailbox shows no code for ${email}`);
  return code;
}
