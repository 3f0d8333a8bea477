/** Requests in the console: as they end, and each with its attempts. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { violationsOn } from '../support/axe.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { answersWell, keysNamed, startProxied, type Proxied } from '../support/proxied.ts';

setDefaultTimeout(60_000);

const isMissing = chromiumPath() === null;
let gateway: Proxied;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  [gateway, browser] = await Promise.all([
    startProxied({ keys: { openai: keysNamed('one', 'two'), anthropic: keysNamed('three') } }),
    openBrowser(),
  ]);
  const on = await fetch(`${gateway.url()}/api/settings/record_bodies`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ value: true }),
  });
  expect(on.status).toBe(200);
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
const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

describe.skipIf(isMissing)('requests', () => {
  test('come up as they end, those that fit', async () => {
    const { page, complaints, asked } = await open('/requests?q=model:gpt-5');
    await page.getByText('No request fits').waitFor();
    await gateway.ask('anthropic');
    await gateway.ask('openai');
    await rowOf(page, 'gpt-5').getByText('ok 200').waitFor();
    expect(await rowOf(page, 'claude').count()).toBe(0);
    await page.getByRole('button', { name: 'Hold still' }).click();
    await gateway.ask('openai');
    await page.getByText('Held still, 1 new').waitFor();
    expect(await rowOf(page, 'gpt-5').count()).toBe(1);
    await page.keyboard.press('p');
    await rowOf(page, 'gpt-5').nth(1).waitFor();
    // Nothing polls: the list is asked for once.
    expect(asked.filter((one) => one === 'GET /api/logs')).toHaveLength(1);
    await page.getByLabel('Search, or status:429').fill('');
    await rowOf(page, 'claude').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('one of them shows its attempts, what it caused, and its bodies', async () => {
    const { page, complaints } = await open('/requests');
    let asked = 0;
    gateway.vendor.does((request, reply) => {
      asked += 1;
      if (asked > 1) return answersWell(request, reply);
      reply.json(429, { error: { message: 'slow down' } }, { 'retry-after': '60' });
    });
    await gateway.ask('openai', { user: 'canary-in-the-body' });
    await rowOf(page, '2 attempts').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const tries = page.getByRole('list', { name: 'Attempts of the request over time' });
    await tries.getByRole('img', { name: /^429 · Rate limited by the vendor/ }).waitFor();
    await tries.getByRole('img', { name: /^200 · Answered/ }).waitFor();
    await page.getByRole('cell', { name: /^Rate limited by the vendor/ }).waitFor();
    await page.getByRole('link', { name: 'Rested' }).waitFor();
    await page.getByRole('button', { name: 'Show what was recorded' }).click();
    const body = page.getByRole('region', { name: 'Request', exact: true });
    await body.getByText('canary-in-the-body').first().waitFor();
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(address);
    await tries.waitFor();
    expect(complaints).toEqual([]);
    expect(await violationsOn(page)).toEqual([]);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('nothing is in the way of anybody: %s', async (theme) => {
    await gateway.ask('anthropic');
    const { page } = await open('/requests', { theme });
    await rowOf(page, 'claude').first().waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.context().close();
  });
});
