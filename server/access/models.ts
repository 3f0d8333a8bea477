/** Which models a client key may use, by the names that its client writes. */
import type { GatewayError } from '../proxy/dialect.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { arrayOf, objectOf, textOf } from '../proxy/json.ts';
import { modelNotAllowed, modelUntold } from './refusals.ts';

/** Answers for one name. */
export type AllowedModels = (model: string) => boolean;

/** Longer than any model's name; what is compared must not be long. */
const longestName = 300;

/** `*` is any text, also none; all else stands for itself. One pass with one way back: no pattern is slow. */
export function matchesGlob(glob: string, text: string): boolean {
  let at = 0;
  let from = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (at < text.length) {
    if (glob[from] === '*') {
      starAt = from;
      from += 1;
      resumeAt = at;
    } else if (from < glob.length && glob[from] === text[at]) {
      from += 1;
      at += 1;
    } else if (starAt >= 0) {
      from = starAt + 1;
      resumeAt += 1;
      at = resumeAt;
    } else return false;
  }
  while (glob[from] === '*') from += 1;
  return from === glob.length;
}

/** Gemini's own way to write a name. */
const bare = (model: string): string =>
  model.startsWith('models/') ? model.slice('models/'.length) : model;

/** Null when every model is allowed. */
export function allowedModels(globs: readonly string[] | null): AllowedModels | null {
  if (globs === null || globs.includes('*')) return null;
  const exact = new Set(globs.filter((glob) => !glob.includes('*')).map(bare));
  const patterns = globs.filter((glob) => glob.includes('*')).map(bare);
  return (model) => {
    const name = bare(model);
    if (exact.has(name)) return true;
    return name.length <= longestName && patterns.some((glob) => matchesGlob(glob, name));
  };
}

/** Whether a client may use a model of this name; for lists. Null is a caller without limits. */
export const mayUse = (
  client: Readonly<{ models: AllowedModels | null }> | null,
  model: string,
): boolean => client === null || client.models === null || client.models(model);

type Asked = Pick<Incoming, 'method' | 'model' | 'search' | 'json'> &
  Readonly<{ route: Readonly<{ route: string }> }>;

/** Every model that a request names: in its path or body, in its query, in each request of a batch. */
function modelsNamed({ model, search, json }: Asked): string[] {
  if (model !== '') return [model];
  const inQuery = search.includes('model=') ? new URLSearchParams(search).get('model') : null;
  if (inQuery) return [inQuery];
  const batched = arrayOf(objectOf(json)?.requests).map((one) => {
    const request = objectOf(one);
    return textOf(objectOf(request?.params)?.model) ?? textOf(request?.model) ?? '';
  });
  return batched;
}

/** Makes no model work: what is stored for later, and what ends work under way. */
const isIdle = (route: string): boolean =>
  /\/(files|uploads|vector_stores)(\/|$)/.test(route) || /[/:]cancel$/.test(route);

/** Why a client with these models may not make this request; null when it may. */
export function modelRefusal(allowed: AllowedModels, asked: Asked): GatewayError | null {
  const named = modelsNamed(asked);
  const refused = named.find((model) => model !== '' && !allowed(model));
  if (refused !== undefined) return modelNotAllowed(refused);
  if (named.length > 0 && !named.includes('')) return null;
  const asksForWork = asked.method === 'POST' || asked.route.route === '/v1/realtime';
  return asksForWork && !isIdle(asked.route.route) ? modelUntold : null;
}
