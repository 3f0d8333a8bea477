/** A real browser: Debian's Chromium, headless. */
import { chromium, type Browser } from 'playwright-core';

/** Quiet: without these it looks for its maker's hosts at every start. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const chromiumPath = (): string | null => Bun.which('chromium');

/** @throws when there is no Chromium. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error('chromium is not installed (apt-get install chromium)');
  return chromium.launch({ executablePath, args });
}
