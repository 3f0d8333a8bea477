/** The console as an operator uses it: it shows what happens while it happens, and never wants a reload. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { freePort } from '../../server/nats/configure.ts';
import { answersWell, startProxied, type Proxied } from '../support/proxied.ts';
import { until } from '../support/until.ts';

const isMissing = chromiumPath() === null;
let gateway: Proxied;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  gateway = await startProxied({
    keys: { openai: ['test-key-aaaa', 'test-key-bbbb'], anthropic: ['test-key-cccc'] },
    env: { PORT: String(await freePort()) },
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const consoleAt = (path: string) => `${gateway.url()}/console${path}`;
const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

/** Marks the page: a reload would lose the mark. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { isMarked: true }));
const isMarked = (page: Page) => page.evaluate(() => 'isMarked' in window);

describe.skipIf(isMissing)('a provider key', () => {
  test('rests before the eyes of whoever looks, and wakes on time', async () => {
    const { page, complaints } = await openConsole(browser, consoleAt('/keys'));
    await live(page);
    await mark(page);
    const row = rowOf(page, 'anthropic');
    await row.getByText('healthy').waitFor();
    gateway.vendor.does((_request, reply) =>
      reply.json(429, { error: { message: 'slow down' } }, { 'retry-after': '6' }),
    );
    const askedMs = performance.now();
    await gateway.ask('anthropic');
    gateway.vendor.does(answersWell);
    await row.getByText('resting').waitFor();
    await row.getByText(/wakes in [1-6] s/).waitFor();
    await row.getByText('Rate limited by the vendor').waitFor();
    await row.getByText('healthy').waitFor();
    expect(performance.now() - askedMs).toBeGreaterThan(5_500);
    expect(await isMarked(page)).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('shows its machine with the state it is in, and what led to it', async () => {
    const { page, complaints } = await openConsole(browser, consoleAt('/keys'));
    await rowOf(page, 'anthropic').getByRole('link').click();
    await page.getByRole('img', { name: /^State machine of provider-key. Now healthy/ }).waitFor();
    const history = page.getByRole('list', { name: 'History of this key' });
    await history.getByText('Recovered → healthy').first().waitFor();
    const rested = history.getByRole('listitem').filter({ hasText: 'Rested → resting' }).last();
    await rested.getByText(/^Caused by/).click();
    await rested.getByText('HTTP 429').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('is disabled in one tab and enabled in another', async () => {
    const [one, other] = await Promise.all([
      openConsole(browser, consoleAt('/keys?provider=anthropic')),
      openConsole(browser, consoleAt('/keys?provider=anthropic')),
    ]);
    await Promise.all([live(one.page), live(other.page)]);
    await one.page.getByRole('button', { name: /^What to do with/ }).click();
    await one.page.getByRole('menuitem', { name: 'Disable…' }).click();
    await one.page.getByLabel('Reason').fill('on holiday');
    await one.page.getByRole('button', { name: 'Disable', exact: true }).click();
    await rowOf(other.page, 'On holiday').getByText('disabled').waitFor();
    await other.page.getByRole('button', { name: /^What to do with/ }).click();
    await other.page.getByRole('menuitem', { name: 'Enable' }).click();
    await rowOf(one.page, 'anthropic').getByText('healthy').waitFor();
    expect([...one.complaints, ...other.complaints]).toEqual([]);
    await Promise.all([one.page.context().close(), other.page.context().close()]);
  });
});

describe.skipIf(isMissing)('the keyboard alone', () => {
  test('finds a key, opens it, and comes back', async () => {
    const { page } = await openConsole(browser, consoleAt('/keys'));
    await live(page);
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('anthropic');
    await until('the address holds the search', () => page.url().endsWith('?q=anthropic'));
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: /^State machine/ }).waitFor();
    await page.goBack();
    expect(await page.getByRole('searchbox').inputValue()).toBe('anthropic');
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Next and previous row').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.context().close();
  });
});

describe.skipIf(isMissing)('the network', () => {
  test('sees the page, one snapshot, one live stream and nothing else', async () => {
    const { page, asked } = await openConsole(browser, consoleAt('/'));
    await live(page);
    await gateway.ask('openai');
    const figure = page.getByRole('region', { name: 'Requests', exact: true });
    await until('the request is counted', async () =>
      /[1-9]\d* in the last day/.test(await figure.innerText()),
    );
    await page.getByRole('link', { name: 'Provider keys' }).click();
    await rowOf(page, 'openai').first().waitFor();
    expect(asked.filter((one) => !one.startsWith('GET /console/')).sort()).toEqual([
      'GET /api/live',
      'GET /api/snapshot',
    ]);
    await page.context().close();
  });
});

describe.skipIf(isMissing)('a gateway that goes and comes back', () => {
  test('is waited for, and what happened meanwhile is there without a reload', async () => {
    const { page, asked } = await openConsole(browser, consoleAt('/keys'));
    await live(page);
    await mark(page);
    const url = gateway.url();
    await gateway.restart();
    expect(gateway.url()).toBe(url);
    const [key] = (await (await fetch(`${url}/api/provider-keys`)).json()).data;
    await fetch(`${url}/api/provider-keys/${key.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'renamed meanwhile' }),
    });
    await rowOf(page, 'renamed meanwhile').waitFor();
    await live(page);
    expect(await isMarked(page)).toBe(true);
    expect(asked.filter((one) => one === 'GET /api/snapshot')).toHaveLength(1);
    await page.context().close();
  });
});
