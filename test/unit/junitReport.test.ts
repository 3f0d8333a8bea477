/** The counts that scripts/test sums. */
import { expect, test } from 'bun:test';
import { countsOf } from '../../scripts/junitReport.ts';

const report = (attributes: string): string =>
  `<?xml version="1.0"?>\n<testsuites name="bun test" ${attributes}>\n  <testsuite tests="99"/>\n</testsuites>`;

test('what neither failed nor was skipped has passed', () => {
  expect(countsOf(report('tests="10" assertions="3" failures="2" skipped="1" time="0.1"'))).toEqual(
    {
      passed: 7,
      failed: 2,
      skipped: 1,
    },
  );
});

test.each(['', 'no report', report('tests="0" failures="0" skipped="0"')])(
  'a report without tests is none',
  (text) => {
    expect(countsOf(text)).toBeUndefined();
  },
);
