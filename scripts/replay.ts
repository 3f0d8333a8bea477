/** `bun run replay`: shows that the read models can be made again from the log, or what an actor was then. */
import { parseArgs } from 'node:util';
import { printActor } from './replay/printActor.ts';
import { printComparison } from './replay/printComparison.ts';
import { withLog } from './replay/withLog.ts';

const help = `Usage: bun run replay [--actor <kind>/<id> [--at <sequence or time>]]

Without options: makes the read models again from the log, beside the database in use and up to the same
checkpoints, and says table by table whether both have the same rows; exits with 1 when they have not.

  --actor provider-key/my-key   print the state of one actor, made from its events
  --at 1234                     as it was at this sequence of its stream
  --at 2026-11-20T10:00:00Z     as it was at this time of the log
  --help                        this text

The log is the one of NATS_URL; without it the one in DATA_DIR, whether its Signalbox runs or not.
`;

function optionsOf(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        actor: { type: 'string' },
        at: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.at !== undefined && values.actor === undefined) {
      throw new TypeError('--at needs --actor: name the actor as <kind>/<id>');
    }
    return values;
  } catch (error) {
    console.error(`replay: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

const { actor, at, help: isHelpWanted } = optionsOf(process.argv.slice(2));
if (isHelpWanted) {
  console.log(help);
  process.exit(0);
}
try {
  const isFine = await withLog((log, { databasePath }) =>
    actor === undefined ? printComparison(log, databasePath) : printActor(log, actor, at),
  );
  process.exit(isFine ? 0 : 1);
} catch (error) {
  console.error(`replay: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
