/** What a newcomer sees within a minute: the demo, and that it survives its gateway being killed. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { builtConsole, live, openConsole } from '../support/console.ts';
import { launchAt, newPlace, type Launched, type Place } from '../support/launched.ts';

const isMissing = chromiumPath() === null;
let browser: Browser;
let place: Place;
let launched: Launched;

beforeAll(async () => {
  if (isMissing) return;
  await builtConsole();
  place = await newPlace();
  launched = await launchAt(place, {}, ['--demo']);
  browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  launched?.signal('SIGTERM');
  await launched?.ended;
  place?.remove();
});

test.skipIf(isMissing)(
  'the first start with the demo: requests count up and a key rests; killed and started again, the page goes on',
  async () => {
    const { page, complaints } = await openConsole(browser, `${launched.url}/`);
    await live(page);
    expect(page.url()).toEndWith('/console/');
    await page.getByText(/^[1-9]\d* in the last day/).waitFor();
    await page.getByRole('link', { name: 'Provider keys' }).click();
    await page.getByRole('row').getByText('resting').first().waitFor({ timeout: 45_000 });
    await page.evaluate(() => Object.assign(window, { isMarked: true }));

    launched.signal('SIGKILL');
    await launched.ended;
    await page.getByText(/^Lost for/).waitFor();
    launched = await launchAt(place, {}, ['--demo']);
    await live(page);
    await page.getByRole('row').getByText('resting').first().waitFor({ timeout: 45_000 });
    expect(await page.evaluate(() => 'isMarked' in window)).toBe(true);
    expect(complaints).toEqual([]);
  },
  150_000,
);
