/** The console's pages for everyone: names, contrast, order; and its first load, which is small. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { consolePaths } from '../../scripts/screenshots/places.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { answersWell, startProxied, type Proxied } from '../support/proxied.ts';

const isMissing = chromiumPath() === null;
const paths = await consolePaths();
let gateway: Proxied;
let browser: Browser;
/** What stands for the parts of an address that are data. */
const samples: Record<string, () => string> = {};

type Violation = Readonly<{ id: string; nodes: readonly Readonly<{ html: string }>[] }>;
type Axe = Readonly<{ run: () => Promise<{ violations: readonly Violation[] }> }>;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  gateway = await startProxied({ keys: { openai: ['test-key-aaaa', 'test-key-bbbb'] } });
  browser = await openBrowser();
  gateway.vendor.does((_request, reply) =>
    reply.json(429, { error: { message: 'slow down' } }, { 'retry-after': '3600' }),
  );
  await gateway.ask('openai');
  gateway.vendor.does(answersWell);
  await gateway.projected();
  const [key] = (await (await fetch(`${gateway.url()}/api/provider-keys`)).json()).data;
  samples['/keys/:id'] = () => `/keys/${key.id}`;
  const made = async (path: string, body: object) =>
    (await (await gateway.post(path, body)).json()).id;
  const targets = [{ provider: 'openai', model: 'gpt-5' }];
  const route = await made('/api/models', { name: 'team/best', targets });
  const client = await made('/api/keys', { name: 'Team', models: ['gpt-*'], burst: 5 });
  const conversation = await made('/api/conversations', { model: 'gpt-5' });
  await gateway.post(`/api/conversations/${conversation}/messages`, { content: 'Hi' });
  samples['/conversations/:id'] = () => `/conversations/${conversation}`;
  samples['/providers/:id'] = () => '/providers/openai';
  samples['/routes/:id'] = () => `/routes/${route}`;
  samples['/clients/:id'] = () => `/clients/${client}`;
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const addressOf = (path: string): string =>
  samples[path]?.() ?? path.replaceAll(/:[a-zA-Z]+\??/g, 'nothing');

const found = async (path: string, theme: 'light' | 'dark', width: number) => {
  const { page, complaints } = await openConsole(
    browser,
    `${gateway.url()}/console${addressOf(path)}`,
    { theme, width },
  );
  try {
    await live(page);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined);
    expect(complaints).toEqual([]);
    // By the debugger: the page's own policy allows no foreign script.
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: Axe }).axe.run(),
    );
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    return {
      violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`),
      overflow,
    };
  } finally {
    await page.context().close();
  }
};

describe.skipIf(isMissing)('axe finds nothing', () => {
  test.each(paths)('on %s, light and dark', async (path) => {
    expect(await found(path, 'light', 1_440)).toEqual({ violations: [], overflow: 0 });
    expect(await found(path, 'dark', 1_440)).toEqual({ violations: [], overflow: 0 });
  });

  test.each(paths)('on %s, on a phone, which it never scrolls sideways', async (path) => {
    expect(await found(path, 'light', 390)).toEqual({ violations: [], overflow: 0 });
  });
});

test.skipIf(isMissing)('the first load is less than 150 kB of compressed JavaScript', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (!new URL(request.url()).pathname.endsWith('.js')) return;
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto(`${gateway.url()}/console/`);
  await live(page);
  await page.locator('.chart canvas').first().waitFor();
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(150_000);
  await context.close();
});
