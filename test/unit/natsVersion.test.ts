/** Which NATS servers are new enough. */
import { expect, test } from 'bun:test';
import { isRecentEnough } from '../../server/nats/version.ts';

test.each(['2.11.0', '2.11.17', '2.14.0', '3.0.0', 'v2.12.1-RC.1'])('%s is', (version) => {
  expect(isRecentEnough(version)).toBe(true);
});

test.each(['2.10.29', '2.9.10', '1.99.0', 'unknown', ''])('"%s" is not', (version) => {
  expect(isRecentEnough(version)).toBe(false);
});
