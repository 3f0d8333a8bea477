/** Prints whether the read models in use are what the log gives. */
import { existsSync } from 'node:fs';
import type { EventLog } from '../../events/log.ts';
import { compareWithRebuild } from '../../events/projections/rebuild.ts';

/** True when every table is equal. */
export async function printComparison(log: EventLog, databasePath: string): Promise<boolean> {
  if (!existsSync(databasePath)) {
    throw new Error(
      `there is no database at ${databasePath}: start Signalbox once, or check DATA_DIR and DATABASE_URL`,
    );
  }
  const startedMs = performance.now();
  const tables = await compareWithRebuild(log, databasePath);
  for (const { table, rows, rebuiltRows, isEqual } of tables) {
    const verdict = isEqual ? 'equal' : `DIFFERENT: ${rebuiltRows} rows from the log`;
    console.log(`${table.padEnd(16)} ${String(rows).padStart(9)} rows  ${verdict}`);
  }
  const isEqual = tables.every((one) => one.isEqual);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(
    isEqual
      ? `the database is what the log gives (${seconds} s)`
      : 'the database is not what the log gives: stop Signalbox, remove the file and start it; it is made anew',
  );
  return isEqual;
}
