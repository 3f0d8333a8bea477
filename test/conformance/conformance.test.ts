/** The official conformance suites cannot tell the gateway from the server behind it. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { startConformance, type ConformanceBench, type SuiteName } from './bench.ts';
import { lacking, suites } from './suite.ts';

setDefaultTimeout(120_000);

let bench: ConformanceBench;
beforeAll(async () => {
  bench = await startConformance();
});
afterAll(() => bench?.stop());

describe.each(Object.keys(suites) as SuiteName[])('Suite %s', (suite) => {
  test('passes with the reference server by itself', async () => {
    const { isPassed, verdicts } = await bench.direct(suite);
    // Extensions that nobody has to have are tried too, and never asked for.
    const failures = Object.entries(verdicts).filter(([, { failed }]) => failed > 0);
    expect(failures.map(([name]) => name).filter((name) => !name.startsWith('tasks-'))).toEqual([]);
    expect(isPassed).toBe(true);
  });

  test.each([
    ['the gateway in front of it alone', '/mcp/reference'],
    ['the gateway with another server beside it', '/mcp'],
  ])('passes with %s, and each call is recorded', async (_, path) => {
    const through = await bench.through(suite, path);
    expect(lacking(through.verdicts, (await bench.direct(suite)).verdicts)).toEqual([]);
    expect(through.isPassed).toBe(true);
    await bench.recorded();
  });
});
