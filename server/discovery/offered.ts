/** A provider's own list of its models, as each dialect writes it. */
import type { Dialect } from '../../events/provider.ts';
import { arrayOf, objectOf, textOf, type JsonObject } from '../proxy/json.ts';

/** `listed` is the provider's whole word on it. */
export type Offered = Readonly<{ id: string; listed: JsonObject }>;

/** `next` names the page after this one; null at the end. */
export type OfferedPage = Readonly<{ models: readonly Offered[]; next: string | null }>;

/** Gemini's names begin with their collection, which clients may leave out. */
export const bareName = (name: string): string => name.replace(/^models\//, '');

/** Goes after a provider's base URL. */
export function pagePath(dialect: Dialect, after: string | null): string {
  const next = after === null ? '' : encodeURIComponent(after);
  switch (dialect) {
    case 'openai':
      return '/models';
    case 'anthropic':
      return `/v1/models?limit=1000${next && `&after_id=${next}`}`;
    case 'gemini':
      return `/v1beta/models?pageSize=1000${next && `&pageToken=${next}`}`;
    default:
      return dialect satisfies never;
  }
}

function offeredIn(models: unknown, field: 'id' | 'name'): Offered[] {
  return arrayOf(models).flatMap((one) => {
    const listed = objectOf(one);
    const name = listed && textOf(listed[field]);
    return listed && name !== null ? [{ id: bareName(name), listed }] : [];
  });
}

/** Undefined for what is no list of models. */
export function readPage(dialect: Dialect, json: unknown): OfferedPage | undefined {
  const page = objectOf(json);
  switch (dialect) {
    case 'openai': {
      // Together has no object around it.
      const models = page ? page.data : json;
      return Array.isArray(models) ? { models: offeredIn(models, 'id'), next: null } : undefined;
    }
    case 'anthropic':
      if (!page || !Array.isArray(page.data)) return undefined;
      return {
        models: offeredIn(page.data, 'id'),
        next: page.has_more === true ? textOf(page.last_id) : null,
      };
    case 'gemini':
      // Without a model there is no field either.
      if (!page || 'error' in page) return undefined;
      return { models: offeredIn(page.models, 'name'), next: textOf(page.nextPageToken) };
    default:
      return dialect satisfies never;
  }
}
