/** What a backend is asked besides calls: whether it is well, and which servers are behind it. */
import { slugOf } from '../../../events/ids.ts';
import { isObject } from '../rpc/message.ts';
import type { Dial } from '../upstream/http.ts';
import { reasonOf } from '../upstream/reason.ts';
import type { NamedBackend } from './written.ts';

/** The only server of a backend that is no gateway itself. */
const onlyServer = 'default';

type Asked = Readonly<{
  backend: NamedBackend;
  timeoutMs: number;
  dial: Dial;
  signal: AbortSignal;
}>;

const mostServers = 1_000;
const mostBytes = 4 * 1024 * 1024;

const get = ({ backend, timeoutMs, dial, signal }: Asked, path: string): Promise<Response> =>
  dial(new URL(path, backend.url), {
    headers: { ...backend.headers },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });

/** Null where it is well, else why it is not. */
export async function faultOf(asked: Asked): Promise<string | null> {
  const { healthPath, isHealthPathNamed } = asked.backend;
  try {
    const response = await get(asked, healthPath);
    await response.body?.cancel();
    // A server without such a page is there all the same.
    const isWell = isHealthPathNamed ? response.ok : response.status < 500;
    return isWell ? null : `${healthPath} answered with HTTP ${response.status}`;
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      return `${healthPath} did not answer within ${asked.timeoutMs} ms`;
    return `${healthPath} could not be asked: ${reasonOf(error)}`;
  }
}

/** An address of one endpoint is that endpoint; a gateway is asked at its usual places. */
const namesAnEndpoint = ({ pathname }: URL): boolean => !/^\/(mcp\/?)?$/.test(pathname);

/** Where a server is found behind a backend. */
export function endpointOf({ url }: NamedBackend, server: string): URL {
  const path = server === onlyServer ? '/mcp' : `/mcp/${server}`;
  return namesAnEndpoint(url) ? url : new URL(path + url.search, url);
}

const namesIn = (body: unknown): string[] | null => {
  if (!isObject(body) || !Array.isArray(body['servers'])) return null;
  return body['servers']
    .filter((one): one is Record<string, unknown> => isObject(one) && one['status'] !== 'disabled')
    .map(({ name }) => slugOf(typeof name === 'string' ? name : ''))
    .filter((id) => id !== '')
    .slice(0, mostServers);
};

/** Undefined where there is more than any list of servers. */
async function textOf({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Ids of the servers behind it; undefined where that cannot be known now. */
export async function serversOf(asked: Asked): Promise<readonly string[] | undefined> {
  if (namesAnEndpoint(asked.backend.url)) return [onlyServer];
  try {
    const response = await get(asked, '/api/servers');
    if (!response.ok) {
      await response.body?.cancel();
      return response.status < 500 ? [onlyServer] : undefined;
    }
    const text = await textOf(response);
    return text === undefined ? undefined : (namesIn(parsed(text)) ?? [onlyServer]);
  } catch {
    return undefined;
  }
}
