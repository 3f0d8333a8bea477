/** The audit log in the console: every event as it comes, narrowed, each with its data and what led to it. */
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

describe.skipIf(isMissing)('the audit log', () => {
  test('shows an event as it comes, with its data and what led to it', async () => {
    const { page, complaints } = await open('/audit?kind=provider-key');
    await rowOf(page, 'Added').first().waitFor();
    expect(await rowOf(page, 'Provider OpenAI').count()).toBe(0);
    gateway.vendor.does((_request, reply) =>
      reply.json(429, { error: { message: 'slow down' } }, { 'retry-after': '600' }),
    );
    await gateway.ask('anthropic');
    gateway.vendor.does(answersWell);
    await rowOf(page, 'Rested').getByText('Rate limited by the vendor').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary');
    await panel.getByText('"rule_id": "rate-limit').waitFor();
    await panel.getByText('Rested (this event)').waitFor();
    await panel.getByRole('link', { name: 'Show its attempts' }).waitFor();
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(address);
    await panel.getByRole('link', { name: 'Travel to before it' }).click();
    await page.getByRole('slider', { name: 'Sequence of the log' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('is narrowed by type, actor, correlation and time', async () => {
    const { page } = await open('/audit');
    await page.getByLabel('Kind of actor').selectOption('provider-key');
    await page.getByLabel('Type of event').selectOption('ProviderKeyAdded');
    await rowOf(page, 'Added').nth(2).waitFor();
    expect(await rowOf(page, 'Rested').count()).toBe(0);
    await rowOf(page, 'Added').first().getByRole('link').click();
    const panel = page.getByRole('complementary');
    await panel.getByRole('definition').getByRole('link').first().click();
    await page.getByRole('button', { name: /^actor/ }).waitFor();
    await page.getByLabel('Time').selectOption('15m');
    await rowOf(page, 'Added').first().waitFor();
    await page.goto(`${gateway.url()}/console/audit?from=2020-01-01T00:00&to=2020-01-02T00:00`);
    await page.getByText('No event fits').waitFor();
    await page.getByRole('button', { name: 'Show all events' }).click();
    await rowOf(page, 'Added').first().waitFor();
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('nothing is in the way of anybody: %s', async (theme) => {
    const { page } = await open('/audit?event=1', { theme });
    await page.getByRole('complementary').getByText('Cause chain').waitFor();
    await rowOf(page, 'Added').first().waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.context().close();
  });
});
