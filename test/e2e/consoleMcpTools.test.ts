/** The tool explorer of the console: a tool is found, its schema is a form, and it runs. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { violationsOn } from '../support/axe.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { everythingServer, type EverythingServer } from '../support/everythingServer.ts';
import { mcpGateway, type McpGateway } from '../support/mcp.ts';

setDefaultTimeout(60_000);

const isMissing = chromiumPath() === null;
let gateway: McpGateway;
let upstream: EverythingServer;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  upstream = await everythingServer('http');
  [gateway, browser] = await Promise.all([
    mcpGateway({ servers: { reference: { url: upstream.url } } }),
    openBrowser(),
  ]);
  await gateway.connected('reference');
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await upstream?.kill();
});

const open = async (path: string, view: Parameters<typeof openConsole>[2] = {}) => {
  const opened = await openConsole(browser, `${gateway.url()}/console${path}`, view);
  await live(opened.page);
  return opened;
};

describe.skipIf(isMissing)('the tool explorer', () => {
  test('finds a tool by keyboard, and runs it with what its form was filled with', async () => {
    const { page, complaints } = await open('/mcp/tools');
    await page.getByRole('row').filter({ hasText: 'echo' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('sum two');
    await page.getByText(/^1 of \d+ tools$/).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('spinbutton', { name: 'a *' }).fill('19');
    await page.getByRole('spinbutton', { name: 'b *' }).fill('23');
    await page.keyboard.press('Control+Enter');
    const result = page.getByRole('region', { name: 'Result' });
    await result.getByText('The sum of 19 and 23 is 42.').first().waitFor();
    await result.getByText('Time', { exact: true }).waitFor();
    await result.getByText('Cost', { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/mcp/tools/reference_get-sum');
    expect(new URL(page.url()).searchParams.get('q')).toBe('sum two');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('says what is missing before anything runs, and takes JSON too', async () => {
    const args = encodeURIComponent('{"location":"Chicago"}');
    const { page, complaints } = await open(
      `/mcp/tools/reference_get-structured-content?args=${args}`,
    );
    const choice = page.getByRole('combobox', { name: 'location *' });
    expect(await choice.inputValue()).toBe('"Chicago"');
    await choice.selectOption('');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('location is missing.').waitFor();
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    const json = page.getByRole('textbox', { name: 'Arguments as JSON' });
    await json.fill('{"location": ');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('The arguments have to be a JSON object').waitFor();
    await json.fill('{"location": "New York"}');
    await page.getByRole('button', { name: 'Run' }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await result.getByRole('heading', { name: 'Structured' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('draws an image without loosening the policy of the page', async () => {
    const { page, complaints } = await open('/mcp/tools/reference_get-tiny-image');
    await page.getByRole('button', { name: 'Run' }).click();
    const image = page.getByRole('img', { name: 'Drawn by the tool' });
    await image.waitFor();
    await page.waitForFunction(() => (document.querySelector('canvas')?.width ?? 300) < 300);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`can be used by everyone, in ${theme} colours`, async () => {
      const found: string[] = [];
      for (const [path, width] of [
        ['/mcp/tools', 1_440],
        ['/mcp/tools/reference_get-sum', 1_440],
        ['/mcp/tools/reference_get-sum', 390],
      ] as const) {
        const { page } = await open(path, { theme, width });
        if (path !== '/mcp/tools') await page.getByRole('button', { name: 'Run' }).waitFor();
        found.push(...(await violationsOn(page)));
        await page.context().close();
      }
      expect(found).toEqual([]);
    });
  }
});
