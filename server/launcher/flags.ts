/** The command line of the launcher. */
import { parseArgs } from 'node:util';
import type { ConfigFlags } from '../config/read.ts';
import { StartError } from './startError.ts';

export type Flags = Readonly<{
  config: ConfigFlags;
  reload: boolean;
  demo: boolean;
  help: boolean;
}>;

export const helpText = `Usage: ./scripts/start [options]

  --host ADDRESS    address to listen on (HOST, 127.0.0.1)
  --port PORT       port to listen on (PORT, 8080)
  --workers NUMBER  gateway processes that share the port (GATEWAY_WORKERS, 1)
  --reload          restart the gateway when its source files change
  --debug           log at level debug
  --demo            add a mock provider and traffic, to see keys rest and recover
  --help            show this and end

All else comes from the environment or from .env; .env.example names every variable.
`;

/** @throws {StartError} that names an unknown option, or one without its value. */
export function parseFlags(argv: readonly string[]): Flags {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        workers: { type: 'string' },
        reload: { type: 'boolean', default: false },
        debug: { type: 'boolean', default: false },
        demo: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { host, port, workers, debug, reload, demo, help } = values;
    const config = {
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
      ...(workers === undefined ? {} : { workers }),
      ...(debug ? { debug: 'true' } : {}),
    };
    return { config, reload, demo, help };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new StartError(`${reason.replace(/\.$/, '')}: --help lists the options`, {
      cause: error,
    });
  }
}
