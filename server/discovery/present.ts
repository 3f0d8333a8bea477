/** A list of models in the caller's dialect; what a vendor said beside its model's name is passed on. */
import type { JsonObject } from '../proxy/json.ts';
import type { ModelEntry } from './entries.ts';

/** `openai-compatible` is OpenAI's list as Gemini writes it. */
export type ListForm = 'openai' | 'anthropic' | 'gemini' | 'openai-compatible';

/** Anthropic says so of a model without a date. */
const noDate = '1970-01-01T00:00:00Z';
const generates = ['generateContent', 'streamGenerateContent', 'countTokens'];

const seconds = (timeMs: number): number => Math.floor(timeMs / 1_000);

function asOpenAi({ id, ...entry }: ModelEntry): JsonObject {
  if (entry.route) {
    const { createdAtMs, contextLength } = entry.route;
    const own = { id, object: 'model', created: seconds(createdAtMs), owned_by: 'signalbox' };
    return contextLength === undefined ? own : { ...own, context_length: contextLength };
  }
  return { created: 0, owned_by: entry.provider, ...entry.listed, id, object: 'model' };
}

function asCompatible({ id, ...entry }: ModelEntry): JsonObject {
  if (entry.route) return asOpenAi({ id, ...entry });
  const { provider, listed } = entry;
  const named = { id: provider === 'gemini' ? `models/${id}` : id, object: 'model' };
  const owned = { ...named, created: 0, owned_by: provider === 'gemini' ? 'google' : provider };
  return 'displayName' in listed ? { ...owned, display_name: listed.displayName } : owned;
}

function asAnthropic({ id, ...entry }: ModelEntry): JsonObject {
  if (entry.route) {
    const { createdAtMs, contextLength } = entry.route;
    const createdAt = new Date(createdAtMs).toISOString();
    const own = { type: 'model', id, display_name: id, created_at: createdAt };
    return contextLength === undefined ? own : { ...own, max_input_tokens: contextLength };
  }
  return { display_name: id, created_at: noDate, ...entry.listed, type: 'model', id };
}

function asGemini({ id, ...entry }: ModelEntry): JsonObject {
  const name = `models/${id}`;
  if (!entry.route) return { ...entry.listed, name };
  const { contextLength } = entry.route;
  const own = { name, displayName: id, supportedGenerationMethods: generates };
  return contextLength === undefined ? own : { ...own, inputTokenLimit: contextLength };
}

const forms: Readonly<Record<ListForm, (entry: ModelEntry) => JsonObject>> = {
  openai: asOpenAi,
  anthropic: asAnthropic,
  gemini: asGemini,
  'openai-compatible': asCompatible,
};

export const presentModel = (form: ListForm, entry: ModelEntry): JsonObject => forms[form](entry);

/** What a caller asked for: a whole number from 1; undefined is everything. */
function sizeOf(text: string | null): number | undefined {
  const size = Number(text ?? Number.NaN);
  return Number.isInteger(size) && size > 0 ? size : undefined;
}

function anthropicPage(entries: readonly ModelEntry[], query: URLSearchParams): JsonObject {
  const limit = sizeOf(query.get('limit')) ?? entries.length;
  const placeOf = (id: string | null) => entries.findIndex((entry) => entry.id === id);
  const before = placeOf(query.get('before_id'));
  const from = before >= 0 ? Math.max(0, before - limit) : placeOf(query.get('after_id')) + 1;
  const to = before >= 0 ? before : from + limit;
  const page = entries.slice(from, to);
  return {
    data: page.map(asAnthropic),
    has_more: before >= 0 ? from > 0 : to < entries.length,
    first_id: page.at(0)?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function geminiPage(entries: readonly ModelEntry[], query: URLSearchParams): JsonObject {
  const size = sizeOf(query.get('pageSize')) ?? entries.length;
  const from = sizeOf(query.get('pageToken')) ?? 0;
  const models = entries.slice(from, from + size).map(asGemini);
  const next = from + size;
  return next < entries.length ? { models, nextPageToken: String(next) } : { models };
}

/** All of it, unless the caller asks for pages as its vendor has them. */
export function presentList(
  form: ListForm,
  entries: readonly ModelEntry[],
  search: string,
): JsonObject {
  switch (form) {
    case 'openai':
    case 'openai-compatible':
      return { object: 'list', data: entries.map(forms[form]) };
    case 'anthropic':
      return anthropicPage(entries, new URLSearchParams(search));
    case 'gemini':
      return geminiPage(entries, new URLSearchParams(search));
    default:
      return form satisfies never;
  }
}
