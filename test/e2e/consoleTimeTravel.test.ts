/** Time travel in the console: all actors as they were at any event of the log. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { apiClient } from '../support/apiClient.ts';
import { violationsOn } from '../support/axe.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { answersWell, keysNamed, startProxied, type Proxied } from '../support/proxied.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const isMissing = chromiumPath() === null;
const kinds = ['provider', 'provider-key', 'breaker', 'client-key', 'setting'];
let gateway: Proxied;
let browser: Browser;
let get: ReturnType<typeof apiClient>;
let restedAt: number;

const events = async (query: string) => (await get(`/api/events?${query}`)).rows;
const lastSequence = async () => (await gateway.log.state('CONTROL')).lastSequence;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  [gateway, browser] = await Promise.all([
    startProxied({
      keys: { openai: keysNamed('one', 'two', 'three', 'four'), anthropic: keysNamed('five') },
    }),
    openBrowser(),
  ]);
  get = apiClient(gateway);
  gateway.vendor.does((_request, reply) =>
    reply.json(429, { error: { message: 'slow down' } }, { 'retry-after': '600' }),
  );
  await gateway.ask('anthropic');
  await gateway.ask('openai');
  gateway.vendor.does(answersWell);
  await until('the keys rest', async () => (await events('type=ProviderKeyRested')).length >= 2);
  restedAt = Number((await events('type=ProviderKeyRested'))[0]?.['sequence']);
  const [first] = await events('type=ProviderKeyRested&limit=1');
  for (const deed of ['wake', 'disable', 'enable', 'disable']) {
    await gateway.post(`/api/provider-keys/${String(first?.['actor_id'])}/${deed}`, {});
  }
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const open = async (path: string, view: Parameters<typeof openConsole>[2] = {}) => {
  const opened = await openConsole(browser, `${gateway.url()}/console${path}`, view);
  await live(opened.page);
  return opened;
};
const slider = (page: Page) => page.getByRole('slider', { name: 'Sequence of the log' });
const arrived = (page: Page, sequence: number) =>
  page.locator(`[data-moment="${sequence}"]`).waitFor();

/** `kind/id status` of all rows that were there then, as the page shows them. */
const shownThen = (page: Page): Promise<string[]> =>
  page.locator('[role="table"] .item').evaluateAll((rows) =>
    rows
      .map((row) => {
        const address = row.querySelector('a')?.getAttribute('href') ?? '';
        const actor = new URLSearchParams(address.split('?')[1]).get('actor') ?? '';
        return `${actor} ${row.querySelectorAll('[role="cell"]')[1]?.textContent?.trim()}`;
      })
      .filter((row) => !row.endsWith(' not there'))
      .sort(),
  );

const replayed = async (sequence: number): Promise<string[]> => {
  const answers = await Promise.all(
    kinds.map((kind) => get(`/api/actors/${kind}/at?sequence=${sequence}&limit=1000`)),
  );
  return answers
    .flatMap(({ rows }) => rows)
    .map((actor) => `${String(actor['kind'])}/${String(actor['id'])} ${String(actor['status'])}`)
    .sort();
};

describe.skipIf(isMissing)('time travel', () => {
  test('back to before the 429 the key is healthy, beside what it is now', async () => {
    const { page, complaints } = await open('/time');
    await page.getByText('This is now', { exact: true }).waitFor();
    const [rested] = await events('type=ProviderKeyRested&limit=1');
    const row = page.locator(`[role="row"]:has(a[href*="${String(rested?.['actor_id'])}"])`);
    await slider(page).fill(String(restedAt));
    await row.getByText('resting').waitFor();
    await slider(page).blur();
    await page.keyboard.press('ArrowLeft');
    await row.getByText('healthy').waitFor();
    await row.getByText('disabled', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('at')).toBe(String(restedAt - 1));
    await row.getByRole('link').first().click();
    const panel = page.getByRole('complementary');
    await panel.getByText('Different now').waitFor();
    await panel.getByRole('row', { name: 'Status healthy disabled' }).waitFor();
    await page.reload();
    await panel.getByRole('row', { name: 'Status healthy disabled' }).waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('twenty places of the slider are as a replay of the log has them', async () => {
    const { page } = await open('/time?show=all', { height: 1_600 });
    const last = await lastSequence();
    for (let n = 0; n < 20; n += 1) {
      // In leaps to and fro over the whole log.
      const sequence = Math.floor(((n * 7) % 20) * (last / 19)) % (last + 1);
      await slider(page).fill(String(sequence));
      await arrived(page, sequence);
      const expected = await replayed(sequence);
      expect(await shownThen(page)).toEqual(expected);
    }
    await page.context().close();
  });

  test('the keys walk through the log, and an event beside leads to its place', async () => {
    const { page } = await open('/time?at=3');
    await arrived(page, 3);
    await page.keyboard.press('ArrowRight');
    await arrived(page, 4);
    await page.keyboard.press('Home');
    await arrived(page, 0);
    await page.keyboard.press('End');
    await page.getByText('This is now. Slide back').waitFor();
    await page.goto(`${gateway.url()}/console/time?at=${restedAt}`);
    const around = page.getByRole('region', { name: 'Events around this moment' });
    await around.locator(`a[href$="at=${restedAt - 2}"]`).click();
    await arrived(page, restedAt - 2);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('nothing is in the way of anybody: %s', async (theme) => {
    const { page } = await open(`/time?at=${restedAt}&show=all`, { theme });
    await arrived(page, restedAt);
    expect(await violationsOn(page)).toEqual([]);
    await page.context().close();
  });
});
