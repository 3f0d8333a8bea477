/** What tests start ends with them: with each test, or with the last one of a file. */
import { afterAll, afterEach, beforeAll } from 'bun:test';

type Stoppable = Readonly<{ stop: () => unknown }>;

/** Takes a step that is to be done after the test that runs, the newest first; to be called once, at the top of a file. */
export function afterEachOf(): (step: () => unknown) => void {
  const steps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of steps.splice(0).toReversed()) await step();
  });
  return (step) => void steps.push(step);
}

/** Starts as `start` does; what was started stops after its test. */
export function stoppedAfterEach<Options extends readonly unknown[], Started extends Stoppable>(
  start: (...options: Options) => Promise<Started>,
): (...options: Options) => Promise<Started> {
  const atEnd = afterEachOf();
  return async (...options) => {
    const started = await start(...options);
    atEnd(() => started.stop());
    return started;
  };
}

/** Starts before the first test and stops after the last one; tests and later hooks read of it what they want. */
export function stoppedAfterAll<Started extends Stoppable>(start: () => Promise<Started>): Started {
  let started: Started | undefined;
  beforeAll(async () => {
    started = await start();
  }, 60_000);
  afterAll(() => started?.stop());
  return new Proxy({} as Started, {
    get(_, name) {
      if (!started) throw new Error(`${String(name)} was asked for before the first test`);
      return Reflect.get(started, name) as unknown;
    },
  });
}
