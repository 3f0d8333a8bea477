/** The console in a real browser, as it is built from the sources of now. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildConsole } from '../../scripts/buildConsole.ts';

const web = join(import.meta.dir, '../../web');

function isCurrent(): boolean {
  const built = statSync(join(web, 'dist/index.html'), { throwIfNoEntry: false });
  if (!built) return false;
  const sources = new Bun.Glob('{src/**/*,index.html,vite.config.ts}').scanSync(web);
  return [...sources].every((path) => statSync(join(web, path)).mtimeMs <= built.mtimeMs);
}

let building: Promise<void> | undefined;
export const builtConsole = (): Promise<void> =>
  (building ??= isCurrent() ? Promise.resolve() : buildConsole());

export type Watched = Readonly<{
  page: Page;
  /** `GET /path` of all that was asked of the host so far. */
  asked: string[];
  /** What went wrong in the page. */
  complaints: string[];
}>;

type View = Readonly<{ width?: number; height?: number; theme?: 'light' | 'dark' }>;

export async function openConsole(
  browser: Browser,
  url: string,
  { width = 1_440, height = 900, theme = 'light' }: View = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    const { pathname, host } = new URL(request.url());
    asked.push(`${request.method()} ${host === new URL(url).host ? pathname : request.url()}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // What the browser itself says of a connection that broke is no fault of the page.
    if (message.type() === 'error' && !/Failed to load resource|net::ERR_/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  await page.goto(url);
  return { page, asked, complaints };
}

/** Resolves once the page follows the live stream. */
export const live = (page: Page): Promise<void> =>
  page.getByText('Live', { exact: true }).waitFor();
