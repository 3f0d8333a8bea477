/** In which dialects a provider answers, and under which path: Gemini and Anthropic have an OpenAI-compatible side too. */
import type { Auth, Dialect } from '../../events/provider.ts';
import type { Detection } from './detect.ts';

type Vendor = Readonly<{ id: string; dialect: Dialect; baseUrl: string; auth: Auth }>;

type OpenAiSide = Readonly<{
  /** Whose API this is, wherever a provider's id does not say. */
  host: string;
  /** Goes between the base URL and what OpenAI has after `/v1`. */
  prefix: string;
  paths: ReadonlySet<string>;
}>;

const openAiSides: Readonly<Record<Exclude<Dialect, 'openai'>, OpenAiSide>> = {
  anthropic: {
    host: 'api.anthropic.com',
    prefix: '/v1',
    paths: new Set(['/chat/completions']),
  },
  gemini: {
    host: 'generativelanguage.googleapis.com',
    prefix: '/v1beta/openai',
    paths: new Set(['/chat/completions', '/embeddings', '/images/generations']),
  },
};

/** The vendor's own service has that side; of others that speak its dialect nobody knows. */
function openAiSideOf({ id, dialect, baseUrl }: Vendor): OpenAiSide | undefined {
  if (dialect === 'openai') return undefined;
  const side = openAiSides[dialect];
  const isVendors = id === dialect || (URL.parse(baseUrl)?.hostname ?? '') === side.host;
  return isVendors ? side : undefined;
}

/** The dialects in which a provider can be asked for an answer. */
export const dialectsOf = (provider: Vendor): readonly Dialect[] =>
  openAiSideOf(provider) ? [provider.dialect, 'openai'] : [provider.dialect];

/** Where a request's path is at home: OpenAI's dialect under Gemini's prefix is Gemini's. */
const homeOf = ({ dialect, openAiCompatible }: Detection): Dialect =>
  openAiCompatible ? 'gemini' : dialect;

/** As it follows OpenAI's base URL. */
const openAiPath = ({ openAiCompatible }: Detection, path: string): string =>
  openAiCompatible ? path.slice(openAiSides.gemini.prefix.length) : path;

/** Whether the provider can be asked in the request's dialect. */
export const speaks = (provider: Vendor, route: Detection): boolean =>
  provider.dialect === homeOf(route) || dialectsOf(provider).includes(route.dialect);

/** Whether the provider has an endpoint for this request, under its own dialect or as OpenAI. */
export function canAnswer(provider: Vendor, route: Detection): boolean {
  if (provider.dialect === homeOf(route)) return true;
  if (route.dialect !== 'openai') return false;
  if (provider.dialect === 'openai') return true;
  return openAiSideOf(provider)?.paths.has(openAiPath(route, route.upstreamPath)) ?? false;
}

/** What goes after the provider's base URL; `path` is what the route says, or the same with another model in it. */
export function pathAt(provider: Vendor, route: Detection, path: string): string {
  const { dialect } = provider;
  if (dialect === homeOf(route)) return path;
  const plain = openAiPath(route, path);
  return dialect === 'openai' ? plain : `${openAiSides[dialect].prefix}${plain}`;
}

/** OpenAI's side takes the key where OpenAI's SDK puts it. */
export const authAt = ({ auth, dialect }: Vendor, route: Detection): Auth =>
  auth !== 'none' && dialect !== route.dialect ? 'bearer' : auth;
