/** The pages of who may ask, who answers, and how the gateway is set: used as an operator uses them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { startProxied, type Proxied } from '../support/proxied.ts';
import { startVendor, type Vendor } from '../support/vendor.ts';

const isMissing = chromiumPath() === null;
const testMs = 60_000;
let gateway: Proxied;
let other: Vendor;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  gateway = await startProxied({ keys: { openai: ['test-key-aaaa'] } });
  other = await startVendor((_request, reply) => reply.json(200, { ok: true }));
  browser = await openBrowser();
}, testMs);
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await other?.stop();
});

const open = async (path: string) => {
  const watched = await openConsole(browser, `${gateway.url()}/console${path}`);
  await live(watched.page);
  return watched;
};
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
const send = (path: string, method: string, body: object) =>
  fetch(`${gateway.url()}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe.skipIf(isMissing)('the console', () => {
  test(
    'adds a provider, which then stands there without a key, and removes it',
    async () => {
      const { page, complaints } = await open('/providers');
      await button(page, 'Add provider').click();
      await page.getByLabel('Name').fill('Own server');
      await page.getByLabel('Base URL').fill(`${other.url}/v1`);
      await button(page, 'Add').click();
      await page.getByRole('heading', { level: 1, name: 'Own server' }).waitFor();
      await page.getByText('It has no key').waitFor();
      await page.getByRole('img', { name: /^State machine of provider. Now active/ }).waitFor();
      await page.getByRole('link', { name: 'Providers' }).first().click();
      await button(page, 'What to do with Own server').click();
      await page.getByRole('menuitem', { name: 'Remove…' }).click();
      await button(page, 'Remove').click();
      await rowOf(page, 'Own server').waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    testMs,
  );

  test(
    'defines a model route with two targets and shows how each of them stands',
    async () => {
      const { page, complaints } = await open('/routes');
      await button(page, 'Add route').first().click();
      await page.getByLabel('Model name').fill('team/best');
      await page.getByLabel('Provider of target 1').selectOption('anthropic');
      await page.getByLabel('Model of target 1').fill('claude-opus-4-8');
      await button(page, 'Add target').click();
      await page.getByLabel('Provider of target 2').selectOption('openai');
      await page.getByLabel('Model of target 2').fill('gpt-5');
      await button(page, 'Move target 2 up').click();
      await button(page, 'Add the route').click();
      await page.getByRole('heading', { level: 1, name: 'team/best' }).waitFor();
      await page.getByText('1 of 2 ready').waitFor();
      const targets = page.getByRole('region', { name: 'Targets' }).getByRole('row');
      expect(await targets.nth(1).innerText()).toContain('gpt-5');
      await targets.nth(2).getByText('no key', { exact: true }).waitFor();
      await send('/api/provider-keys', 'POST', { provider: 'anthropic', key: 'test-key-cccc' });
      await page.getByText('2 of 2 ready').waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    testMs,
  );

  test(
    'changes a setting, says who did, hears of a change elsewhere, and takes it back',
    async () => {
      const { page, complaints } = await open('/settings?at=attempts');
      const item = page.locator('#attempts');
      await button(page, 'Change Attempts').click();
      await page.getByLabel('Value').fill('200');
      await button(page, 'Change').click();
      await page.getByRole('alert').getByText('a whole number from 1 to 100').waitFor();
      await page.getByLabel('Value').fill('9');
      await button(page, 'Change').click();
      await item.getByText('7 → 9').waitFor();
      await item.getByText('by an operator on this machine').waitFor();
      await send('/api/settings/attempts', 'PATCH', { value: 4 });
      await item.getByText('9 → 4').waitFor();
      await button(page, 'Take back Attempts').click();
      await button(page, 'Take it back').click();
      await item.getByText('changed here').waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    testMs,
  );

  test(
    'adds a webhook, sends it a test, and shows its secret only when asked',
    async () => {
      const { page, complaints } = await open('/webhooks');
      await button(page, 'Add webhook').first().click();
      await page.getByLabel('Address').fill(`${other.url}/hook`);
      await button(page, 'Add').click();
      await rowOf(page, '/hook').getByText('everything').waitFor();
      await button(page, `Send a test notice to ${other.url}/hook`).click();
      await page.getByText('The test notice was delivered').waitFor();
      expect(other.last().path).toBe('/hook');
      await button(page, `What to do with ${other.url}/hook`).click();
      await page.getByRole('menuitem', { name: 'Its secret…' }).click();
      const secret = page.getByLabel('The secret', { exact: true });
      expect(await secret.innerText()).toMatch(/^•+$/);
      await button(page, 'Show').click();
      expect(await secret.innerText()).toMatch(/^\S{16,}$/);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    testMs,
  );
});
