/** Client keys and the playground: a key is made, used, rotated and deleted, and an exchange is seen raw. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { answersWell, startProxied, type Proxied } from '../support/proxied.ts';

const isMissing = chromiumPath() === null;
const testMs = 60_000;
let gateway: Proxied;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  gateway = await startProxied({
    keys: { openai: ['test-key-aaaa', 'test-key-bbbb'], anthropic: ['test-key-cccc'] },
  });
  browser = await openBrowser();
}, testMs);
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const open = async (path: string) => {
  const watched = await openConsole(browser, `${gateway.url()}/console${path}`);
  await live(watched.page);
  return watched;
};
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const askWith = (key: string, model: string) =>
  gateway.ask('openai', { model }, { headers: { authorization: `Bearer ${key}` } });

describe.skipIf(isMissing)('the console', () => {
  test(
    'asks a model in the playground and shows its words, its bytes and who answered at which attempt',
    async () => {
      let isFirst = true;
      gateway.vendor.does(async (_request, reply) => {
        if (isFirst) {
          isFirst = false;
          reply.json(429, { error: { message: 'slow down' } }, { 'retry-after': '60' });
          return;
        }
        const said = (content: string, finish_reason: string | null = null) =>
          `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`;
        await reply.stream(said('A box '), said('of <b>signals</b>', 'stop'), 'data: [DONE]\n\n');
      });
      const { page, complaints } = await open('/playground?model=gpt-5');
      await button(page, 'Send').click();
      const answer = page.getByRole('log', { name: 'The answer' });
      await answer.getByText('A box of <b>signals</b>').waitFor();
      await button(page, 'Attempts').click();
      await page.getByText('Rate limited by the vendor').waitFor();
      expect(
        await page.getByRole('list', { name: 'Attempts of the request' }).locator('li').count(),
      ).toBe(2);
      await button(page, 'Response').click();
      const head = page.getByRole('region', { name: "The response's head" });
      expect(await head.innerText()).toMatch(/^HTTP 200\n[\s\S]*x-signalbox-request-id: /);
      expect(await page.getByRole('region', { name: "The response's body" }).innerText()).toContain(
        'data: [DONE]',
      );
      expect(page.url()).toContain('tab=response');
      gateway.vendor.does(answersWell);
      await page.getByLabel('Dialect').selectOption('anthropic');
      await page.getByLabel('Streamed').uncheck();
      await button(page, 'Answer').click();
      await button(page, 'Send').click();
      await answer.getByText('Hello', { exact: true }).waitFor();
      expect(gateway.vendor.last().path).toBe('/v1/messages');
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    testMs,
  );

  test(
    'makes a client key that is shown once and may ask one model, rotates it and removes it',
    async () => {
      gateway.vendor.does(answersWell);
      const { page, complaints } = await open('/clients');
      await page.getByText('No client key yet').waitFor();
      await button(page, 'Add client key').first().click();
      await page.getByLabel('Name').fill('Team search');
      await page.getByLabel('Models').fill('gpt-5\ngpt-5-*');
      await page.getByLabel('Requests a minute').fill('600');
      await button(page, 'Add the key').click();
      const shown = page.getByLabel('The whole key');
      const first = await shown.innerText();
      await button(page, 'Close').click();
      await page.getByRole('link', { name: 'Team search' }).click();
      await page.getByText('600 a minute').waitFor();
      expect(await page.locator('body').innerText()).not.toContain(first);
      expect((await askWith(first, 'gpt-5')).status).toBe(200);
      expect((await askWith(first, 'o9')).status).toBe(403);
      await page.getByRole('region', { name: 'Newest requests' }).getByText('completed').waitFor();

      await button(page, 'Rotate').click();
      await page.getByLabel('Until then').selectOption('0');
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click();
      const second = await shown.innerText();
      expect(second).not.toBe(first);
      await button(page, 'Close').click();
      expect((await askWith(first, 'gpt-5')).status).toBe(401);
      expect((await askWith(second, 'gpt-5')).status).toBe(200);

      await button(page, 'What else to do with Team search').click();
      await page.getByRole('menuitem', { name: 'Remove…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByText('No client key yet').waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    testMs,
  );
});
