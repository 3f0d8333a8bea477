/** Conversations in the console: begun, answered as it comes, over a reload in mid-answer, seen as they were, forked, erased. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { apiOf, type Api } from '../support/api.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { startProxied, type Proxied } from '../support/proxied.ts';
import { startRelay } from '../support/relay.ts';
import { begin, byHand, streams } from '../support/talking.ts';
import { until } from '../support/until.ts';

const isMissing = chromiumPath() === null;
let gateway: Proxied;
let browser: Browser;
let api: Api;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  gateway = await startProxied({ keys: { openai: ['test-key-aaaa'] } });
  api = apiOf(gateway.url);
  browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const consoleAt = (path: string) => `${gateway.url()}/console${path}`;
const composer = (page: Page) => page.getByRole('textbox', { name: 'Message' });
const turn = (page: Page, number: number) =>
  page.getByRole('article', { name: `Turn ${number}`, exact: true });

describe.skipIf(isMissing)('a conversation', () => {
  test('is begun, answered as it comes, goes on over a reload in mid-answer, is forked and erased', async () => {
    const { script, opened } = byHand();
    gateway.vendor.does(script);
    const { page, complaints } = await openConsole(browser, consoleAt('/conversations'));
    await live(page);
    await page.getByRole('button', { name: 'New conversation' }).first().click();
    await page.getByRole('dialog').getByLabel('Model').fill('gpt-5');
    await page.getByRole('button', { name: 'Begin' }).click();
    await composer(page).fill('Tell me of <b>signals</b>');
    await page.keyboard.press('Enter');

    await until('the provider is asked', () => opened.length === 1);
    await opened[0]!.say('# Signals\n\n- **red** stops\n- <img src=x onerror=alert(1)>\n\nMo');
    const running = page.getByRole('article', { name: 'The turn that runs' });
    await running.getByRole('heading', { name: 'Signals' }).waitFor();
    await running.getByText('<img src=x onerror=alert(1)>').waitFor();

    await page.reload();
    await running.getByRole('heading', { name: 'Signals' }).waitFor();
    await opened[0]!.say('re comes');
    await running.getByText('More comes').waitFor();
    await opened[0]!.finish();
    await turn(page, 1).getByText('More comes').waitFor();
    await turn(page, 1).getByText('Tell me of <b>signals</b>').waitFor();
    await turn(page, 1).getByText('19 in, 10 out').waitFor();
    expect(opened).toHaveLength(1);

    const first = await turn(page, 1).getByRole('heading', { name: 'Signals' }).elementHandle();
    await composer(page).fill('And then?');
    await page.keyboard.press('Enter');
    await until('the provider is asked again', () => opened.length === 2);
    await opened[1]!.say('Half of');
    await running.getByText('Half of').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await turn(page, 2).getByText('Interrupted. It was stopped').waitFor();
    await turn(page, 2).getByText('Half of').waitFor();
    // What was drawn before is not drawn again: a selection in it stays.
    expect(await first?.evaluate((node) => node.isConnected)).toBe(true);

    await page.getByRole('link', { name: 'Turn 1' }).click();
    await page.getByText('As it was after turn 1 of 2').waitFor();
    await turn(page, 2).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Fork here' }).click();
    await page.getByText('turn 1 of another').waitFor();
    await turn(page, 1).getByText('taken over').waitFor();

    await page.getByRole('button', { name: 'More to do with this conversation' }).click();
    await page.getByRole('menuitem', { name: 'Erase…' }).click();
    await page.getByRole('dialog').getByText('Nobody will be able to read').waitFor();
    await page.getByRole('button', { name: 'Erase for good' }).click();
    await page.getByRole('table', { name: 'Conversations' }).waitFor();
    const rows = page.getByRole('row').filter({ hasText: 'Tell me of' });
    await until('one is left', async () => (await rows.count()) === 1);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 30_000);

  test('whose connection is lost in mid-answer is heard on from there', async () => {
    const { script, opened } = byHand();
    gateway.vendor.does(script);
    const path = await begin(api);
    const relay = await startRelay(gateway.url());
    const { page, asked } = await openConsole(
      browser,
      `${relay.url}/console${path.replace('/api/', '/')}`,
    );
    const resumed: string[] = [];
    page.on('request', (request) => {
      const id = request.headers()['last-event-id'];
      if (id !== undefined) resumed.push(id.replace(/^.*:/, ''));
    });
    await composer(page).fill('Count');
    await page.keyboard.press('Enter');
    await until('the provider is asked', () => opened.length === 1);
    await opened[0]!.say('one two');
    const running = page.getByRole('article', { name: 'The turn that runs' });
    await running.getByText('one two').waitFor();
    relay.cut();
    await until('it is heard again', () => resumed.length > 0);
    await opened[0]!.say(' three');
    await running.getByText('one two three', { exact: true }).waitFor();
    await opened[0]!.finish();
    await turn(page, 1).getByText('one two three', { exact: true }).waitFor();
    expect(resumed[0]).toBe('7');
    expect(asked.filter((one) => one === `POST ${path}/messages`)).toHaveLength(1);
    expect(opened).toHaveLength(1);
    await page.context().close();
    relay.stop();
  });

  test('of a client is shown without what was said, live, and read once the setting allows it', async () => {
    gateway.vendor.does(streams('Secret answer'));
    const { json } = await api('POST', '/api/keys', { client_id: 'team' });
    const theirs = apiOf(gateway.url, { authorization: `Bearer ${json.key}` });
    const path = await begin(theirs);
    const { page, complaints } = await openConsole(browser, consoleAt(path.replace('/api/', '/')));
    await page.getByRole('heading', { name: 'What was said is hidden' }).waitFor();
    await live(page);
    await theirs('POST', `${path}/messages`, { content: 'Secret question' });
    await page.getByRole('tab', { name: 'Turns 1' }).click();
    await page.getByRole('cell', { name: 'completed' }).waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('Turn completed').waitFor();
    expect(await page.content()).not.toContain('Secret');

    await api('PATCH', '/api/settings/operators_read_conversations', { value: true });
    await page.getByRole('tab', { name: 'Conversation' }).click();
    await page.reload();
    await turn(page, 1).getByText('Secret answer').waitFor();
    await page.getByText('is noted in the audit log').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe.skipIf(isMissing)('the list', () => {
  test('is searched by title, follows what is renamed elsewhere, and keeps what is archived apart', async () => {
    const { json: one } = await api('POST', '/api/conversations', { title: 'Night trains' });
    await api('POST', '/api/conversations', { title: 'Level crossings' });
    const { page, complaints } = await openConsole(browser, consoleAt('/conversations'));
    await live(page);
    await page.keyboard.press('/');
    await page.keyboard.type('night');
    const rows = page.getByRole('row').filter({ has: page.getByRole('link') });
    await until('one fits', async () => (await rows.count()) === 1);
    expect(page.url()).toEndWith('?q=night');
    await api('PATCH', `/api/conversations/${one.id}`, { title: 'Night trains and sleepers' });
    await rows.getByText('Night trains and sleepers').waitFor();

    await page.getByRole('button', { name: /^What to do with Night/ }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await page.getByRole('heading', { name: 'No conversation fits' }).waitFor();
    await page.getByRole('button', { name: 'Archived' }).click();
    await rows.getByText('archived').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByText('It is archived').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'More to do with this conversation' }).click();
    await page.getByRole('menuitem', { name: 'Export as Markdown' }).click();
    expect((await download).suggestedFilename()).toBe(`conversation-${one.id}.md`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
