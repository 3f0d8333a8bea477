/** What a turn of a conversation costs above the bare proxy, and how long a long conversation takes to open. */
import { rm } from 'node:fs/promises';
import { clientKey, startGateway } from '../measure/gateway.ts';
import { answer, question } from '../measure/vendorAnswer.ts';
import { keys, path } from './generate.ts';
import { startUpstream } from './nginx.ts';
import { median, thousands, type Row, type Scale } from './row.ts';

const headers = { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` };
/** A fresh conversation after so many: what is sent stays about as long as the bare question. */
const turnsOfShort = 4;

type Timed = Readonly<{ ms: number; json: Record<string, unknown> }>;

/** One request, whole. @throws {Error} when it is not answered with success. */
async function timed(url: string, body?: string): Promise<Timed> {
  const beganMs = performance.now();
  const response = await fetch(
    url,
    body === undefined ? { headers } : { method: 'POST', headers, body },
  );
  const text = await response.text();
  const ms = performance.now() - beganMs;
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}: ${text}`);
  return { ms, json: JSON.parse(text) as Record<string, unknown> };
}

const say = JSON.stringify({ content: 'What is the capital of France?' });

async function begin(origin: string): Promise<string> {
  const { json } = await timed(`${origin}/api/conversations`, '{"model":"gpt-4o-mini"}');
  return `${origin}/api/conversations/${String(json['id'])}`;
}

/** Bare requests and turns by turns, one at a time. */
async function overheadMs(origin: string, pairs: number): Promise<{ bare: number; turn: number }> {
  const bare: number[] = [];
  const turn: number[] = [];
  let conversation = '';
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % turnsOfShort === 0) conversation = await begin(origin);
    bare.push((await timed(`${origin}${path}`, question)).ms);
    turn.push((await timed(`${conversation}/messages`, say)).ms);
  }
  return { bare: median(bare), turn: median(turn) };
}

export async function turnRows({ isShort }: Scale): Promise<Row[]> {
  const { pairs, turns, tries } = isShort
    ? { pairs: 4, turns: 10, tries: 1 }
    : { pairs: 1_000, turns: 1_000, tries: 3 };
  const upstream = await startUpstream(answer);
  const env = {
    OPENAI_API_KEYS: keys(1),
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1`,
    MAX_CONVERSATION_LENGTH: '10000',
  };
  let gateway = await startGateway(env);
  const origin = () => `http://127.0.0.1:${gateway.port}`;
  try {
    await overheadMs(origin(), isShort ? 1 : 100);
    const { bare, turn } = await overheadMs(origin(), pairs);
    const long = await begin(origin());
    for (let done = 0; done < turns; done++) await timed(`${long}/messages`, say);
    const id = long.slice(long.lastIndexOf('/'));
    const opened: number[] = [];
    for (let attempt = 0; attempt < tries; attempt++) {
      const { dataDir } = gateway;
      await gateway.stop(true);
      gateway = await startGateway(env, { dataDir });
      await timed(`${await begin(origin())}/messages`, say);
      const first = await timed(`${origin()}/api/conversations${id}/messages?limit=50`);
      opened.push(first.ms);
    }
    return [
      {
        what: 'a turn of a conversation above the bare proxy, p50',
        measured: `${(turn - bare).toFixed(2)} ms (${turn.toFixed(2)} to ${bare.toFixed(2)})`,
        hold: '',
        reach: '',
        isHeld: true,
      },
      {
        what: `opening a conversation of ${thousands(turns)} turns`,
        measured: `${median(opened).toFixed(0)} ms`,
        hold: '',
        reach: '',
        isHeld: true,
      },
    ];
  } finally {
    const { dataDir } = gateway;
    await gateway.stop();
    await upstream.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
