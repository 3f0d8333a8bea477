/** What a person sees in a browser: the documentation of the API. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';

const isMissing = chromiumPath() === null;
let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  gateway = await testGateway();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

test.skipIf(isMissing)(
  'the documentation shows every group of routes, from this host alone',
  async () => {
    const page = await browser.newPage();
    const hosts = new Set<string>();
    const complaints: string[] = [];
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${gateway.url()}/docs`);
    await page.getByText('/api/provider-keys/import').waitFor();
    const text = await page.locator('#swagger-ui').innerText();
    for (const path of ['/api/events', '/api/actors/{kind}', '/api/live', '/api/stats']) {
      expect(text).toContain(path);
    }
    expect([...hosts].filter((host) => host !== '')).toEqual([new URL(gateway.url()).host]);
    expect(complaints).toEqual([]);
  },
);
