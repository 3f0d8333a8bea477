/** Load from processes of their own, so that it does not share the bench's event loop. */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { clientKey, type MeasuredGateway } from '../measure/gateway.ts';
import { temporaryFolder } from '../measure/leftovers.ts';
import { outputOf } from '../measure/script.ts';
import { question } from '../measure/vendorAnswer.ts';
import type { LoadJob, LoadResult } from './load.ts';

export const path = '/v1/chat/completions';
export const connections = 32;
export const clientHeaders = { authorization: `Bearer ${clientKey}` };

/** In `OPENAI_API_KEYS`. */
export const keys = (count: number): string =>
  Array.from(
    { length: count },
    (_, index) => `sk-bench-key-${String(index).padStart(20, '0')}`,
  ).join(',');

export async function load(job: LoadJob): Promise<LoadResult> {
  const script = join(import.meta.dir, 'load.ts');
  return JSON.parse(await outputOf([process.execPath, script, JSON.stringify(job)])) as LoadResult;
}

export type FlatOut = Readonly<{ perSecond: number; requests: number }>;

/** As fast as answers come. wrk where it is installed: it costs less than a generator in JavaScript. */
export async function flatOut(
  port: number,
  seconds: number,
  more: Readonly<Record<string, string>> = {},
): Promise<FlatOut> {
  const headers = { ...clientHeaders, ...more };
  const wrk = Bun.which('wrk');
  if (!wrk) return load({ port, path, body: question, headers, connections, seconds });
  const folder = temporaryFolder('wrk');
  try {
    const script = join(folder.path, 'post.lua');
    const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(
      ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
    );
    await Bun.write(
      script,
      `wrk.method = "POST"; wrk.body = ${JSON.stringify(question)}\n${lines.join('\n')}`,
    );
    const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script];
    const text = await outputOf([wrk, ...options, `http://127.0.0.1:${port}${path}`]);
    if (/Non-2xx|Socket errors/.test(text)) throw new Error(`the load met errors:\n${text}`);
    return {
      perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
      requests: Number(/(\d+) requests in/.exec(text)?.[1]),
    };
  } finally {
    folder.remove();
  }
}

const lookEveryMs = 50;

/** Waits until so many answered requests are in SQL, and answers how many there are. */
export async function recorded(
  { dataDir }: MeasuredGateway,
  expected: number,
  withinMs = 30_000,
): Promise<number> {
  const database = new Database(`${dataDir}/signalbox.db`, { readonly: true });
  try {
    const query = database.query<{ count: number }, []>('select count(*) as count from request');
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      const count = query.get()?.count ?? 0;
      if (count >= expected || performance.now() > deadlineMs) return count;
      await Bun.sleep(lookEveryMs);
    }
  } finally {
    database.close();
  }
}
