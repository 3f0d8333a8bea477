/** Who may see the console, and what no other page can do with the session. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';

const isMissing = chromiumPath() === null;
const password = 'correct horse battery staple';
let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  gateway = await testGateway({
    env: { MIDDLEWARE_PASSWORD: password, OPENAI_API_KEYS: 'test-key-aaaa' },
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

describe.skipIf(isMissing)('with a password', () => {
  test('a deep link asks for it, leads on after it, and logging out ends the session', async () => {
    const { page } = await openConsole(browser, `${gateway.url()}/console/keys?q=aaaa`);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('wrong').waitFor();
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await live(page);
    await page.getByRole('row').filter({ hasText: 'openai' }).waitFor();
    expect(page.url()).toEndWith('/console/keys?q=aaaa');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(await page.evaluate(() => document.cookie)).toBe('');

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
    const again = await fetch(`${gateway.url()}/api/snapshot`, {
      headers: { cookie: `${cookie?.name}=${cookie?.value}` },
    });
    expect(again.status).toBe(401);
    await page.context().close();
  });

  test('a page of another site gets nothing done with the session', async () => {
    const login = await fetch(`${gateway.url()}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const logOut = (headers: Record<string, string>) =>
      fetch(`${gateway.url()}/api/logout`, { method: 'POST', headers: { cookie, ...headers } });
    expect((await logOut({ origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await logOut({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await logOut({ origin: gateway.url(), 'sec-fetch-site': 'same-origin' })).status).toBe(
      204,
    );
  });
});

describe.skipIf(isMissing)('its files', () => {
  test('are kept for ever, the page itself never, and its policy lets nothing else in', async () => {
    const page = await fetch(`${gateway.url()}/console/anything/deep`);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const [, script = ''] = /src="([^"]+\.js)"/.exec(await page.text()) ?? [];
    const file = await fetch(gateway.url() + script);
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(file.headers.get('content-encoding')).toBe('gzip');
    for (const path of ['/console/assets/none.js', '/console/assets/..%2findex.html']) {
      expect((await fetch(gateway.url() + path)).status).toBe(404);
    }
  });
});
