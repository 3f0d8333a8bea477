/** `bun run screenshots`: pictures of every page of the console, wide and narrow, light and dark. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { consolePaths } from './screenshots/places.ts';

const help = `Usage: bun run screenshots [--url http://127.0.0.1:8080] [--out data/screenshots] [--only /keys]

Pictures of every page of the console of a gateway that runs, such as one started with ./scripts/start --demo:
1440 and 390 pixels wide, light and dark. Pages of one thing show the first that there is.
`;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    out: { type: 'string', default: 'data/screenshots' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
const { url, only } = values;
const out = resolve(values.out);
const sizes = [
  { width: 1_440, height: 900 },
  { width: 390, height: 844 },
];
/** What is drawn after the page is there: charts, histories. */
const settleMs = 1_500;

type Listed = Readonly<{ data: readonly Readonly<{ id: string }>[] }>;
/** The list whose first entry stands for the id in an address. */
const lists: Readonly<Record<string, string>> = {
  '/keys/:id': '/api/provider-keys',
  '/providers/:id': '/api/providers',
  '/clients/:id': '/api/keys',
  '/requests/:id': '/api/logs',
  '/mcp/servers/:id': '/api/mcp/servers',
  '/mcp/tools/:tool': '/api/mcp/tools',
  '/mcp/log/:id': '/api/mcp/calls',
  '/routes/:id': '/api/models',
  '/conversations/:id': '/api/conversations',
};

async function addressOf(path: string): Promise<string | undefined> {
  const [part] = /:\w+$/.exec(path) ?? [];
  if (part === undefined) return path;
  const list = lists[path];
  if (list === undefined) return undefined;
  const answer = (await (await fetch(url + list)).json()) as Listed;
  const id = answer.data[0]?.id;
  return id === undefined ? undefined : path.replace(part, encodeURIComponent(id));
}

async function picture(browser: Browser, path: string, address: string): Promise<void> {
  for (const viewport of sizes) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await context.newPage();
      await page.goto(`${url}/console${address}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForTimeout(settleMs);
      const name = path === '/' ? 'overview' : path.slice(1).replaceAll(/[/:]+/g, '-');
      await page.screenshot({ path: `${out}/${name}-${viewport.width}-${colorScheme}.png` });
      await context.close();
    }
  }
}

const executablePath = Bun.which('chromium');
if (!executablePath) {
  console.error('screenshots: chromium is not installed (apt-get install chromium)');
  process.exit(1);
}
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
for (const path of await consolePaths()) {
  if (only !== undefined && only !== path) continue;
  const address = await addressOf(path);
  if (address === undefined) {
    console.log(`${path}: there is nothing to show, or no list is known for it`);
    continue;
  }
  await picture(browser, path, address);
  console.log(`${path}: ${address}`);
}
await browser.close();
console.log(`The pictures are in ${out}`);
