/** Asks one provider for its list of models, with one of its keys. */
import type { Pools } from '../keyRing/pools.ts';
import { upstreamHeaders } from '../proxy/headers.ts';
import type { Provider } from '../proxy/providers.ts';
import { readerOf, transportFault, type Upstream, type UpstreamAnswer } from '../proxy/upstream.ts';
import { pagePath, readPage, type Offered } from './offered.ts';

/** Why a provider's list could not be read; never with a secret. */
class ListUnavailable extends Error {
  override readonly name = 'ListUnavailable';
}

export type AskDeps = Readonly<{
  upstream: Upstream;
  pools: Pick<Pools, 'of' | 'settled'>;
  apiKeyHeader: string;
}>;

const wholeMs = 8_000;
const maxPages = 20;
const maxPageBytes = 16 * 1024 * 1024;
/** A key that is refused may be the one bad one. */
const maxKeys = 2;

async function readWhole({ body }: UpstreamAnswer): Promise<string> {
  const reader = body && readerOf(body);
  const chunks: Uint8Array[] = [];
  let bodyBytes = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) return Buffer.concat(chunks).toString();
    bodyBytes += chunk.value.byteLength;
    if (bodyBytes > maxPageBytes) throw new ListUnavailable('its list is too large');
    chunks.push(chunk.value);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ListUnavailable('its list is no JSON');
  }
}

async function readList(
  { upstream, apiKeyHeader }: AskDeps,
  { dialect, auth, baseUrl }: Provider,
  secret: string,
  signal: AbortSignal,
): Promise<readonly Offered[] | number> {
  const headers = upstreamHeaders(new Headers({ accept: 'application/json' }), auth, secret, {
    apiKeyHeader,
    streamed: true,
    dialect,
  });
  const models: Offered[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const url = `${baseUrl}${pagePath(dialect, after)}`;
    const request = { method: 'GET', url, headers, body: null, isRepeatable: true };
    const answer = await upstream(request, signal);
    const text = await readWhole(answer);
    if (answer.status !== 200) return answer.status;
    const page = readPage(dialect, parsed(text));
    if (!page) throw new ListUnavailable('its answer is no list of models');
    models.push(...page.models);
    if (page.next === null) break;
    after = page.next;
  }
  return models;
}

/** @throws {ListUnavailable} */
export async function askProvider(
  deps: AskDeps,
  provider: Provider,
  stopped: AbortSignal,
): Promise<readonly Offered[]> {
  const pool = deps.pools.of(provider.id);
  const isKeyless = provider.auth === 'none' && pool.size() === 0;
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(wholeMs)]);
  let refused = 'all of its keys rest';
  for (let tries = 0; tries < maxKeys; tries += 1) {
    const taken = isKeyless ? null : pool.take('', false);
    if (taken === undefined) break;
    try {
      const answer = await readList(deps, provider, taken?.key.secret ?? '', signal);
      if (typeof answer !== 'number') return answer;
      refused = `it answered with status ${answer}`;
      // What is known of keys, requests find out.
      if (isKeyless || (answer !== 401 && answer !== 403 && answer !== 429)) break;
    } catch (error) {
      if (error instanceof ListUnavailable) throw error;
      const reason = signal.aborted ? 'timeout' : transportFault(error);
      throw new ListUnavailable(`it cannot be reached (${reason})`, { cause: error });
    } finally {
      if (taken) pool.settle(taken, false);
    }
  }
  throw new ListUnavailable(refused);
}
