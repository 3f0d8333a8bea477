/** An operator who gives names to provider keys over HTTP while something goes wrong. */
import type { StoredEvent } from '../../events/event.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import type { Finding } from './finding.ts';
import { openSession } from './session.ts';

type Given = Readonly<{ name: string; status: number; retryAfter: string | null; tookMs: number }>;

export type Operator = Readonly<{
  /** Names the next key in turn, so that no command waits for another one. */
  rename: () => void;
  /** Resolves once every command is answered. */
  given: () => Promise<readonly Given[]>;
}>;

/** Opens a session and looks up the keys: both before anything goes wrong. */
export async function startOperator(port: number): Promise<Operator> {
  const { send } = await openSession(port);
  const list = await send('GET', '/api/provider-keys');
  const { data = [] } = (await list.json()) as { data?: readonly { id: string }[] };
  if (data.length === 0) throw new Error(`there are no provider keys: ${list.status}`);

  const commands: Promise<Given>[] = [];
  const give = async (number: number): Promise<Given> => {
    const name = `name ${number}`;
    const startMs = performance.now();
    const path = `/api/provider-keys/${data[number % data.length]?.id}`;
    const answer = await send('PATCH', path, { name });
    await answer.body?.cancel();
    const retryAfter = answer.headers.get('retry-after');
    return { name, status: answer.status, retryAfter, tookMs: performance.now() - startMs };
  };
  return {
    rename: () => void commands.push(give(commands.length)),
    given: () => Promise.all(commands),
  };
}

/** 200 is in the log once; 503 says when to come back, and what became of it is not known. */
export function commandsKept(given: readonly Given[], events: readonly StoredEvent[]): Finding[] {
  const inLog = new Map<string, number>();
  for (const stored of events) {
    const { type, data } = stored as unknown as ProviderKeyEvent;
    if (type === 'ProviderKeyRenamed') inLog.set(data.name, (inLog.get(data.name) ?? 0) + 1);
  }
  const with503 = given.filter(({ status }) => status === 503);
  const with200 = given.filter(({ status }) => status === 200);
  const silent = with503.filter(({ retryAfter }) => !(Number(retryAfter) > 0)).length;
  const lost = with200.filter(({ name }) => inLog.get(name) !== 1).length;
  const landed = with503.filter(({ name }) => inLog.get(name) === 1).length;
  const twice = [...inLog.values()].filter((count) => count > 1).length;
  const longestMs = Math.max(...with503.map(({ tookMs }) => tookMs));
  return [
    {
      what: 'commands that the log does not take are answered with 503 and Retry-After',
      found: `${with503.length} of ${given.length}, after ${longestMs.toFixed(0)} ms at most; ${silent} without Retry-After; ${given.length - with200.length - with503.length} other answers`,
      isKept:
        silent === 0 && with503.length > 0 && with200.length + with503.length === given.length,
    },
    {
      what: 'commands that were answered with 200 are in the log once',
      found: `${with200.length - lost} of ${with200.length}; of the 503s ${landed} are there once, ${twice} twice`,
      isKept: lost + twice === 0 && with200.length > 0,
    },
  ];
}
