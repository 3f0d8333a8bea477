/** The process's own log: JSON lines on stdout, never a secret in them. */
import { pino, type DestinationStream, type Logger } from 'pino';
import { redact } from '../actors/providerKey/redact.ts';
import type { LogLevel } from './config/values.ts';

export type { Logger } from 'pino';

/** `process` says which of the launcher's children speaks. */
export function createLogger(
  level: LogLevel,
  process: string,
  destination: DestinationStream = pino.destination(1),
): Logger {
  return pino(
    {
      level,
      base: { process },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        error: (error: unknown) =>
          error instanceof Error
            ? {
                name: error.name,
                message: redact(error.message),
                stack: error.stack && redact(error.stack),
              }
            : redact(String(error)),
      },
    },
    destination,
  );
}
