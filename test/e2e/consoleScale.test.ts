/** The console with ten thousand provider keys. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';

const isMissing = chromiumPath() === null;
const keyCount = 10_000;
let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  gateway = await testGateway();
  const keys = Array.from(
    { length: keyCount },
    (_, index) => `sk-scale-test-key-${index + 1}-abcd`,
  );
  const answer = await fetch(`${gateway.url()}/api/provider-keys/import?provider=openai`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: keys.join('\n'),
  });
  expect(await answer.json()).toMatchObject({ added: keyCount });
  browser = await openBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

test.skipIf(isMissing)(
  'ten thousand keys scroll, with a few rows of them in the page, and are searched',
  async () => {
    const { page, complaints } = await openConsole(browser, `${gateway.url()}/console/keys`);
    await live(page);
    const table = page.getByRole('table', { name: 'Provider keys' });
    expect(await table.getAttribute('aria-rowcount')).toBe(String(keyCount + 1));
    const rows = table.getByRole('row');
    expect(await rows.count()).toBeLessThan(60);

    const scroller = page.getByRole('group', { name: 'Provider keys, scrolling' });
    await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await table.locator(`[aria-rowindex="${keyCount + 1}"]`).waitFor();
    expect(await rows.count()).toBeLessThan(60);

    const [key] = (await (await fetch(`${gateway.url()}/api/provider-keys?limit=1`)).json()).data;
    await fetch(`${gateway.url()}/api/provider-keys/${key.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'the needle' }),
    });
    await page.getByRole('searchbox').fill('needle');
    await table.getByText('the needle').waitFor();
    expect(await rows.count()).toBe(2);
    expect(complaints).toEqual([]);
  },
);
