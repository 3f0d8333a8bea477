/** Says from method, path, query and headers alone which dialect a request speaks and what it asks for. */
import type { Dialect } from '../../events/provider.ts';
import { queryKey } from './headers.ts';
import { objectOf } from './json.ts';
import { templateOf } from './routeTemplate.ts';

/** `generation` may be repeated after a failure; `creation` may have made something. */
export type Endpoint = 'generation' | 'creation' | 'read';

export type Detection = {
  dialect: Dialect;
  /** A template such as /v1/files/{id}; `/v1/*` for what is unknown. */
  route: string;
  /** As the path names it, decoded; null where the path names none. */
  model: string | null;
  endpoint: Endpoint;
  /** Null when the body says. */
  streamed: boolean | null;
  /** Goes after the provider's base URL; no query. */
  upstreamPath: string;
  /** OpenAI's dialect as Gemini serves it, under /v1beta/openai. */
  openAiCompatible?: boolean;
};

/** First parts after /v1 that one vendor alone has; other vendors' copies of OpenAI's speak OpenAI. */
const owners = new Map<string, Dialect>([
  ...[
    'chat',
    'completions',
    'responses',
    'embeddings',
    'moderations',
    'images',
    'audio',
    'realtime',
    'conversations',
    'vector_stores',
    'videos',
    'containers',
    'fine_tuning',
    'evals',
    'uploads',
    'assistants',
    'threads',
    'rerank',
  ].map((part): [string, Dialect] => [part, 'openai']),
  ['messages', 'anthropic'],
  ['complete', 'anthropic'],
  ['cachedContents', 'gemini'],
  ['fileSearchStores', 'gemini'],
  ['interactions', 'gemini'],
  ['operations', 'gemini'],
  ['tunedModels', 'gemini'],
]);

const generating = new Set([
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/moderations',
  '/v1/rerank',
  '/v1/audio/speech',
  '/v1/audio/transcriptions',
  '/v1/audio/translations',
  '/v1/responses',
  '/v1/responses/compact',
  '/v1/responses/input_tokens',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/complete',
  '/v1beta/openai/chat/completions',
  '/v1beta/openai/completions',
  '/v1beta/openai/embeddings',
]);

const generatingVerbs = new Set([
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
]);

const verbs = new Set([
  ...generatingVerbs,
  'predict',
  'predictLongRunning',
  'batchGenerateContent',
  'asyncBatchEmbedContent',
  'generateAnswer',
]);

/** Ollama and others have colons in model names: only a known verb makes a path Gemini's. */
const verbPath = /^\/(v1|v1beta|v1alpha)\/(models|tunedModels)\/(.+):([A-Za-z]+)$/;
const modelPath = /^\/(v1|v1beta|v1alpha|v1beta\/openai)\/models\/(.+?)(?:\/operations\/[^/]+)?$/;
const compatiblePrefix = '/v1beta/openai';

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Decodes ASCII alone, which no malformed byte can stop. */
function decodedAscii(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-7][0-9a-fA-F])/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Whether some server behind us could read the path as one that climbs out of its folder. */
function climbs(pathname: string): boolean {
  let path = pathname;
  for (let round = 0; ; round += 1) {
    if (path.includes('\\')) return true;
    if (path.includes('/.') && path.split('/').some((part) => part === '..' || part === '.')) {
      return true;
    }
    // oxlint-disable-next-line no-control-regex
    if (round > 0 && /[\u0000-\u001f\u007f]/.test(path)) return true;
    const next = decodedAscii(path);
    if (next === path) return false;
    if (round === 3) return true;
    path = next;
  }
}

function isMalformed(pathname: string): boolean {
  return pathname.includes('%') && /%(?![0-9a-fA-F]{2})/.test(pathname);
}

/** For a path that several vendors have. */
function dialectOfHeaders(search: string, headers: Headers): Dialect {
  if (headers.has('x-goog-api-key') || queryKey(search) !== null) return 'gemini';
  return headers.has('anthropic-version') ? 'anthropic' : 'openai';
}

function dialectOf(pathname: string, search: string, headers: Headers): Dialect {
  if (!pathname.startsWith('/v1/')) return pathname === '/v1' ? 'openai' : 'gemini';
  const slash = pathname.indexOf('/', 4);
  const first = pathname.slice(4, slash === -1 ? undefined : slash);
  return owners.get(first) ?? dialectOfHeaders(search, headers);
}

function endpointOf(method: string, route: string): Endpoint {
  if (method === 'GET' || method === 'HEAD') return 'read';
  return method === 'POST' && generating.has(route) ? 'generation' : 'creation';
}

function ofVerb(method: string, pathname: string): Detection | null {
  if (method !== 'POST' || !pathname.includes(':')) return null;
  const [, version, collection, name, verb] = verbPath.exec(pathname) ?? [];
  if (name === undefined || verb === undefined || !verbs.has(verb)) return null;
  return {
    dialect: 'gemini',
    route: `/${version}/${collection}/{model}:${verb}`,
    model: collection === 'models' ? decoded(name) : `${collection}/${decoded(name)}`,
    endpoint: generatingVerbs.has(verb) ? 'generation' : 'creation',
    streamed: verb === 'streamGenerateContent',
    upstreamPath: pathname,
  };
}

/**
 * A path as its client wrote it may match a route of the proxy and, with its dots resolved, point elsewhere:
 * `/v1/../api/settings`.
 */
const isOfProxy = (pathname: string): boolean => /^\/(v1|v1beta|upload|ws)(\/|$)/.test(pathname);

/** What is asked most says all by its path: it is looked at once. */
const usual = new Map<string, Detection>();

/** Null for a path that must be refused with 400. */
export function detect(
  method: string,
  pathname: string,
  search: string,
  headers: Headers,
): Detection | null {
  const isPlain = method === 'POST' && search === '';
  const known = isPlain ? usual.get(pathname) : undefined;
  if (known) return known;
  const detected = detectAnew(method, pathname, search, headers);
  if (isPlain && detected?.route === pathname && generating.has(pathname)) {
    usual.set(pathname, detected);
  }
  return detected;
}

function detectAnew(
  method: string,
  pathname: string,
  search: string,
  headers: Headers,
): Detection | null {
  if (isMalformed(pathname) || climbs(pathname) || !isOfProxy(pathname)) return null;
  const verb = ofVerb(method, pathname);
  if (verb !== null) return verb;

  const openAiCompatible = pathname.startsWith(`${compatiblePrefix}/`);
  const dialect = openAiCompatible ? 'openai' : dialectOf(pathname, search, headers);
  const route = templateOf(pathname);
  const name = modelPath.exec(pathname)?.[2];
  const detected: Detection = {
    dialect,
    route,
    model: name === undefined ? null : decoded(name),
    endpoint: endpointOf(method, route),
    streamed: method === 'POST' ? null : search.includes('stream=true'),
    // OpenAI's base URL ends in /v1 already.
    upstreamPath:
      dialect === 'openai' && !openAiCompatible ? pathname.slice('/v1'.length) : pathname,
  };
  if (openAiCompatible) detected.openAiCompatible = true;
  return detected;
}

/** The path to the upstream with another model in it, where the path names one. */
export function withPathModel(detected: Detection, model: string): string {
  const { upstreamPath } = detected;
  const at = /\/(models|tunedModels)\//.exec(upstreamPath)?.index;
  if (detected.model === null || at === undefined) return upstreamPath;
  const verb = detected.route.includes('{model}:') ? upstreamPath.lastIndexOf(':') : -1;
  const name = model.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':');
  const collection = name.startsWith('tunedModels/') ? '' : 'models/';
  const end = verb === -1 ? '' : upstreamPath.slice(verb);
  return `${upstreamPath.slice(0, at + 1)}${collection}${name}${end}`;
}

/**
 * Whether a generating route is asked to make something that outlives the answer. A response that
 * says nothing about `store` is repeated: what a failed try may have left, nobody has the id of.
 */
export function isCreation(dialect: Dialect, route: string, body: unknown): boolean {
  if (dialect !== 'openai' || route !== '/v1/responses') return false;
  const json = objectOf(body);
  if (json === null) return false;
  const { store, background, conversation } = json;
  return store === true || background === true || (conversation ?? null) !== null;
}
