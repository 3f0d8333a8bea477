/** MCP servers in the console: added, watched, changed and deleted by an operator. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
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
  [upstream, gateway, browser] = await Promise.all([
    everythingServer('http'),
    mcpGateway(),
    openBrowser(),
  ]);
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
const add = (name: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${gateway.url()}/api/mcp/servers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, url: upstream.url, headers }),
  });
const machine = (page: Page, state: string) =>
  page.getByRole('img', { name: new RegExp(`^State machine of mcp-connection. Now ${state}`) });

describe.skipIf(isMissing)('an MCP server', () => {
  test('that is added in a form connects, and its tool runs', async () => {
    const { page, complaints } = await open('/mcp/servers');
    await page.getByText('No MCP server yet').waitFor();
    await page.getByRole('button', { name: 'Add server' }).first().click();
    await page.getByLabel('Name').fill('From a form');
    await page.getByRole('textbox', { name: 'Address' }).fill(upstream.url);
    await page.getByLabel('Headers').fill('Authorization: Bearer form-secret');
    await page.getByRole('button', { name: 'Add and connect' }).click();
    await page.waitForURL('**/mcp/servers/from-a-form');
    await machine(page, 'ready').waitFor();
    expect(await page.content()).not.toContain('form-secret');
    await page.getByRole('link', { name: 'Try it: echo' }).click();
    await page.getByRole('textbox', { name: 'message *' }).fill('hello from the console');
    await page.getByRole('button', { name: 'Run' }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await result.getByText('Echo: hello from the console').first().waitFor();
    await result.getByText('completed').waitFor();
    await result.getByText(/≈ \d+ tokens/).waitFor();
    await page.getByRole('table').getByText('completed').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('is switched off and on again; switching off asks once', async () => {
    await add('switched');
    await gateway.connected('switched');
    const { page, complaints } = await open('/mcp/servers/switched');
    await machine(page, 'ready').waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
    await machine(page, 'disabled').waitFor();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await machine(page, 'ready').waitFor();
    await page.getByRole('button', { name: 'Switch off echo' }).click();
    await page.getByRole('button', { name: 'Switch on echo' }).waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('Closed → disabled').first().waitFor();
    await page.getByRole('tab', { name: 'Changes' }).click();
    await page.getByText(/tools added/).waitFor();
    expect(new URL(page.url()).search).toBe('?tab=changes');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('is edited without its secrets being entered again, and deleted', async () => {
    await add('edited', { 'x-key': 'kept-secret' });
    await gateway.connected('edited');
    const { page, complaints } = await open('/mcp/servers/edited');
    await page.getByRole('button', { name: 'What to do with edited' }).click();
    await page.getByRole('menuitem', { name: 'Edit…' }).click();
    const headers = page.getByLabel('Headers');
    expect(await headers.inputValue()).toBe('x-key: •••••');
    await headers.fill('x-key: •••••\nx-more: second');
    await page.getByRole('button', { name: 'Save and connect anew' }).click();
    await page.getByText('x-more').waitFor();
    await machine(page, 'ready').waitFor();
    await page.getByRole('button', { name: 'What to do with edited' }).click();
    await page.getByRole('menuitem', { name: 'Edit…' }).click();
    await page.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9/elsewhere');
    await page.getByRole('button', { name: 'Save and connect anew' }).click();
    await page.getByRole('alert').getByText('enter them again').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'What to do with edited' }).click();
    await page.getByRole('menuitem', { name: 'Remove…' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.waitForURL('**/mcp/servers');
    await page.getByRole('row').filter({ hasText: 'edited' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('that is away says why and when it is dialled again, in the row', async () => {
    await fetch(`${gateway.url()}/api/mcp/servers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'away', url: 'http://127.0.0.1:9/mcp' }),
    });
    const { page, complaints } = await open('/mcp/servers?state=away');
    const row = page.getByRole('row').filter({ hasText: 'away' });
    await row.getByText('cannot be reached').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/mcp/servers/away');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`is shown to everyone, in ${theme} colours`, async () => {
      await add('seen');
      await gateway.connected('seen');
      const found: string[] = [];
      for (const path of ['?add=server', '/seen', '/seen?tab=resources']) {
        const { page } = await open(`/mcp/servers${path}`, { theme, width: 390 });
        if (path.startsWith('/seen')) await machine(page, 'ready').waitFor();
        found.push(...(await violationsOn(page)));
        await page.context().close();
      }
      expect(found).toEqual([]);
    });
  }
});
