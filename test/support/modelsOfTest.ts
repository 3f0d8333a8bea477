/** Read models over a log in memory, anew for each test of a file, on a clock that the test moves. */
import { afterEach, beforeEach } from 'bun:test';
import { memoryLog } from '../../events/memoryLog.ts';
import { openReadModels, type ReadModels } from '../../events/projections/readModels.ts';
import { tempDatabase } from './projections.ts';

export type ModelsOfTest = {
  /** Of the log. */
  clockMs: number;
  log: ReturnType<typeof memoryLog>;
  database: ReturnType<typeof tempDatabase>;
  models: ReadModels;
};

/** To be called once, at the top of a file; filled before each test. */
export function modelsOfTest(startMs: number): ModelsOfTest {
  const world = { clockMs: startMs } as ModelsOfTest;
  beforeEach(() => {
    world.clockMs = startMs;
    world.log = memoryLog({ now: () => world.clockMs });
    world.database = tempDatabase();
    world.models = openReadModels(world.database.path);
  });
  afterEach(() => {
    world.models.close();
    world.database.remove();
  });
  return world;
}
