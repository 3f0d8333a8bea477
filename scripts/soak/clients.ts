/** Clients that ask again and again, and keep a ledger of what they were answered. Times are monotonic. */
import { clientKey } from '../measure/gateway.ts';
import { question, streamedQuestion } from '../measure/vendorAnswer.ts';
import { eventsInStream, idHeader, markOf } from './upstream.ts';

export type Answered = Readonly<{
  /** Signalbox's name for the request. */
  requestId: string;
  id: string;
  startedMs: number;
  /** When the last byte was here. */
  completedMs: number;
}>;

/** `cut`: the connection broke, or was refused. Any other status than 200 is kept by its number. */
export type Asked = Readonly<{ answered: Answered } | { failed: 'cut' | 'garbled' | number }>;

let sent = 0;
let heardAtMs = 0;

/** When a byte of any answer came last: the gateway was at work then. */
export const lastHeardMs = (): number => heardAtMs;

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    heardAtMs = performance.now();
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

export const chatPath = '/v1/chat/completions';

export const requestOf = (isStream: boolean, id: string) => ({
  method: 'POST',
  body: isStream ? streamedQuestion : question,
  headers: {
    'content-type': 'application/json',
    authorization: `Bearer ${clientKey}`,
    [idHeader]: id,
  },
});

export function send(
  port: number,
  isStream: boolean,
  options: { id?: string; signal?: AbortSignal; keepalive?: boolean } = {},
): Promise<Response> {
  const { id = `r${++sent}`, ...init } = options;
  return fetch(`http://127.0.0.1:${port}${chatPath}`, { ...requestOf(isStream, id), ...init });
}

export const requestIdOf = (response: Response): string =>
  response.headers.get('x-signalbox-request-id') ?? '';

export const ask = (port: number, isStream: boolean, keepalive = true): Promise<Asked> =>
  askBy((id) => send(port, isStream, { id, keepalive }), isStream);

/** One request and its whole answer, which must be its own and complete. */
export async function askBy(
  sendAs: (id: string) => Promise<Response>,
  isStream: boolean,
): Promise<Asked> {
  const id = `r${++sent}`;
  const startedMs = performance.now();
  try {
    const response = await sendAs(id);
    const text = await textOf(response);
    const completedMs = performance.now();
    if (response.status !== 200) return { failed: response.status };
    if (isStream && !text.includes('data: [DONE]')) return { failed: 'cut' };
    // The last event of a stream, [DONE], names nobody.
    const marks = text.split(`"${markOf(id)}"`).length - 1;
    if (marks !== (isStream ? eventsInStream - 1 : 1)) return { failed: 'garbled' };
    return { answered: { requestId: requestIdOf(response), id, startedMs, completedMs } };
  } catch {
    return { failed: 'cut' };
  }
}

export type Load = Readonly<{
  answered: readonly Answered[];
  /** How many requests failed, by how. */
  failures: ReadonlyMap<string, number>;
  /** Ends after the requests that are under way. */
  stop: () => Promise<void>;
}>;

const pauseAfterFailureMs = 100;

/** Keeps so many streams and plain requests under way. */
export function startLoad(
  port: number,
  { streams, plain }: Readonly<{ streams: number; plain: number }>,
): Load {
  const answered: Answered[] = [];
  const failures = new Map<string, number>();
  let isStopped = false;

  const client = async (isStream: boolean) => {
    while (!isStopped) {
      const asked = await ask(port, isStream);
      if ('answered' in asked) {
        answered.push(asked.answered);
        continue;
      }
      const how = String(asked.failed);
      failures.set(how, (failures.get(how) ?? 0) + 1);
      await Bun.sleep(pauseAfterFailureMs);
    }
  };
  const clients = [
    ...Array.from({ length: streams }, () => client(true)),
    ...Array.from({ length: plain }, () => client(false)),
  ];
  return {
    answered,
    failures,
    async stop() {
      isStopped = true;
      await Promise.all(clients);
    },
  };
}

export const shownFailures = (failures: ReadonlyMap<string, number>): string =>
  [...failures].map(([how, count]) => `${count} x ${how}`).join(', ') || 'none';
