/** The MCP log in the console: calls as they end, connections as they change. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { violationsOn } from '../support/axe.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { namedTool, paged, startListServer, type ListServer } from '../support/listServer.ts';
import { mcpGateway, type McpGateway } from '../support/mcp.ts';

setDefaultTimeout(60_000);

const isMissing = chromiumPath() === null;
let gateway: McpGateway;
let upstream: ListServer;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  upstream = startListServer();
  upstream.answers.set('tools/list', paged('tools', [namedTool('first'), namedTool('second')], 9));
  [gateway, browser] = await Promise.all([
    mcpGateway({ servers: { lists: { url: upstream.url } } }),
    openBrowser(),
  ]);
  await gateway.connected('lists');
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await upstream?.stop();
});

const call = (tool: string) =>
  fetch(`${gateway.url()}/api/mcp/tools/lists_${tool}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
const open = async (path: string, view: Parameters<typeof openConsole>[2] = {}) => {
  const opened = await openConsole(browser, `${gateway.url()}/console${path}`, view);
  await live(opened.page);
  return opened;
};

describe.skipIf(isMissing)('the MCP log', () => {
  test('shows a call as it ends, and all about it', async () => {
    const { page, complaints } = await open('/mcp/log?tool=first');
    await page.getByText('No call fits').waitFor();
    await call('second');
    await call('first');
    const row = page.getByRole('row').filter({ hasText: 'first' });
    await row.getByText('completed').waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'second' }).count()).toBe(0);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('no client key, by rest').waitFor();
    expect(new URL(page.url()).searchParams.get('call')).not.toBeNull();
    const address = page.url();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.goto(address);
    await dialog.getByText('Call of a tool').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('holds still while somebody reads, and goes on', async () => {
    const { page } = await open('/mcp/log');
    await call('first');
    await page.getByRole('row').filter({ hasText: 'first' }).first().waitFor();
    await page.getByRole('button', { name: 'Hold' }).click();
    const before = await page.getByRole('row').count();
    await call('second');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForFunction(
      (count) => document.querySelectorAll('[role="row"]').length > count,
      before,
    );
    await page.context().close();
  });

  test('shows what happens to connections', async () => {
    const { page, complaints } = await open('/mcp/log?view=connections');
    await page.getByRole('row').filter({ hasText: 'Connection ready' }).first().waitFor();
    await fetch(`${gateway.url()}/api/mcp/servers/lists/disconnect`, { method: 'POST' });
    const closed = page.getByRole('row').filter({ hasText: 'Connection closed' });
    await closed.getByText('It was switched off').waitFor();
    await fetch(`${gateway.url()}/api/mcp/servers/lists/connect`, { method: 'POST' });
    await page.getByRole('row').filter({ hasText: 'Enabled' }).first().waitFor();
    await gateway.connected('lists');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`is there for everyone, in ${theme} colours`, async () => {
      await call('first');
      const found: string[] = [];
      for (const view of ['', '?view=connections', '?view=sessions']) {
        const { page } = await open(`/mcp/log${view}`, { theme });
        await page.getByRole('table').first().or(page.getByText('No session')).first().waitFor();
        found.push(...(await violationsOn(page)));
        await page.context().close();
      }
      expect(found).toEqual([]);
    });
  }
});
