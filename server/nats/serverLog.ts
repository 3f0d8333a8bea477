/** Passes what nats-server prints on to our log, and keeps its last lines for an error message. */
import type { Logger } from '../logger.ts';

const lineLimit = 2000;
const keptLines = 20;

function forward(line: string, log: Logger): void {
  const [, level, text] = /\[([A-Z]{3})\] (.*)$/.exec(line) ?? [];
  const message = (text ?? line).slice(0, lineLimit);
  // Our own probe made it say so; whoever probes says what comes of it.
  const isProbed = message.startsWith('Healthcheck failed');
  const isBad = level === 'WRN' || level === 'ERR' || level === 'FTL';
  if (isBad && !isProbed) log.warn({ part: 'nats' }, message);
  else log.debug({ part: 'nats' }, message);
}

export type ServerLog = Readonly<{ lastLines: () => string }>;

export function followServerLog(output: ReadableStream<Uint8Array>, log: Logger): ServerLog {
  const last: string[] = [];
  const follow = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of output) {
      const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
      rest = (lines.pop() ?? '').slice(-lineLimit);
      for (const line of lines) {
        forward(line, log);
        last.push(line);
        if (last.length > keptLines) last.shift();
      }
    }
  };
  follow().catch((error: unknown) => log.warn({ error }, 'the output of nats-server was lost'));
  return {
    lastLines: () =>
      last.filter((line) => /\[(WRN|ERR|FTL)\]/.test(line) || !line.includes('[INF]')).join(' | '),
  };
}
