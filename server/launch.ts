/** The program: runs the launcher until a signal ends it. */
import { ConfigError } from './config/values.ts';
import { entries, launch, type Entries, type Launched } from './launcher/bringUp.ts';
import { helpText, parseFlags, type Flags } from './launcher/flags.ts';
import { StartError } from './launcher/startError.ts';

const isExpected = (error: unknown): error is Error =>
  error instanceof ConfigError || error instanceof StartError;

function fail(error: unknown): never {
  const text = isExpected(error) ? error.message : Bun.inspect(error);
  process.stderr.write(`signalbox: ${text}\n`);
  process.exit(1);
}

function flagsOf(argv: readonly string[]): Flags {
  try {
    return parseFlags(argv);
  } catch (error) {
    return fail(error);
  }
}

/** Exits with 0 after SIGTERM, SIGINT or SIGHUP, with 1 when the start fails; a second signal does not wait. */
export async function runLauncher(
  argv: readonly string[],
  files: Entries = entries,
): Promise<void> {
  const flags = flagsOf(argv);
  if (flags.help) {
    process.stdout.write(helpText);
    process.exit(0);
  }
  const starting = new AbortController();
  let launched: Launched | undefined;
  const stop = async (): Promise<void> => {
    if (starting.signal.aborted) process.exit(130);
    starting.abort();
    if (!launched) return;
    await launched.stop();
    process.exit(0);
  };
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(name, () => void stop().catch(fail));
  try {
    launched = await launch(flags, starting.signal, files);
  } catch (error) {
    if (starting.signal.aborted) process.exit(0);
    fail(error);
  }
  if (starting.signal.aborted) {
    await launched.stop();
    process.exit(0);
  }
}

if (import.meta.main) await runLauncher(process.argv.slice(2));
