/** Counts of a test run, from the report its runner wrote. */
export type ReportCounts = Readonly<{ passed: number; failed: number; skipped: number }>;

/** Undefined when the text is no JUnit report with at least one test. */
export function countsOf(report: string): ReportCounts | undefined {
  const [, attributes] = /<testsuites\b([^>]*)>/.exec(report) ?? [];
  if (attributes === undefined) return undefined;
  const number = (name: string): number =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
  const tests = number('tests');
  if (tests === 0) return undefined;
  const failed = number('failures') + number('errors');
  const skipped = number('skipped');
  return { passed: tests - failed - skipped, failed, skipped };
}
