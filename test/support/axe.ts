/** What axe finds on a page as it stands. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

type Violation = Readonly<{ id: string; nodes: readonly Readonly<{ html: string }>[] }>;
type Axe = Readonly<{ run: () => Promise<{ violations: readonly Violation[] }> }>;

/** `rule: element`, one each. */
export async function violationsOn(page: Page): Promise<string[]> {
  // By the debugger: the page's own policy allows no foreign script.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: Axe }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
