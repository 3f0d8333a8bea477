/** Reads from an answer the ids that only the key that made them knows. */
import type { Dialect } from '../../events/provider.ts';
import { decodeUtf8 } from './bytes.ts';
import { cipherId, geminiFile, idOf, maxIds, maxItems, newest } from './ids.ts';
import { arrayOf, objectOf, parseObject, textOf, type JsonObject } from './json.ts';
import type { ReadHeaders } from './vendorHeaders.ts';

const answerLimitBytes = 8 * 1024 * 1024;

function unique(ids: (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))].slice(0, maxIds);
}

/** The ids in a response object of OpenAI: its own and those of its items. */
export function responseIds(response: JsonObject): string[] {
  const items = newest(arrayOf(response.output), maxItems).map((item) => idsOfItem(objectOf(item)));
  return unique([textOf(response.id), idOf(response.conversation), ...items.flat()]);
}

/** An item is referred to by its id, or by its cipher alone; one of code names what its files are in. */
function idsOfItem(item: JsonObject | null): (string | null)[] {
  if (item === null) return [];
  return [textOf(item.id), cipherId(item), textOf(item.container_id)];
}

/** What an answer on such a route may have made, or lists. */
const making =
  /(?:\/(?:responses|files|uploads|batches|vector_stores|conversations|containers|videos|jobs|compact|cachedContents|fileSearchStores|interactions|complete|operations\/{id})|:(?:predictLongRunning|batchGenerateContent|asyncBatchEmbedContent)|^\/upload\/.*)$/;

/** The templates that are asked for are few, and each is looked at once; a client may make up more. */
const known = new Map<string, boolean>();
const mostKnown = 500;

/** Whether answers of a route are worth reading for ids. */
function makesIds(route: string): boolean {
  const seen = known.get(route);
  if (seen !== undefined) return seen;
  const makes = making.test(route) || route === '/v1/messages';
  if (known.size < mostKnown) known.set(route, makes);
  return makes;
}

function geminiIds(json: JsonObject): string[] {
  const response = objectOf(json.response);
  const videos = arrayOf(objectOf(response?.generateVideoResponse)?.generatedSamples);
  const uris = videos.slice(0, maxIds).map((one) => objectOf(objectOf(one)?.video)?.uri);
  const name = textOf(json.name) ?? textOf(objectOf(json.file)?.name) ?? textOf(json.id);
  return unique([name, ...uris.map((uri) => geminiFile(String(uri).replace(/:download.*$/, '')))]);
}

/** What an answer's headers say was begun: an upload, or a call that goes on over a socket. */
export function idsInHeaders(route: string, headers: ReadHeaders): string[] {
  if (route.startsWith('/upload/')) {
    const url = headers.get('x-goog-upload-url') ?? '';
    return unique([URL.canParse(url) ? new URL(url).searchParams.get('upload_id') : null]);
  }
  if (route !== '/v1/realtime/calls') return [];
  return unique([headers.get('location')?.split('/').at(-1) ?? null]);
}

/** Ids in a plain answer that later requests may refer to. */
export function idsMadeBy(dialect: Dialect, route: string, answer: unknown): string[] {
  if (!makesIds(route)) return [];
  const isBytes = answer instanceof Uint8Array;
  if (isBytes && answer.length > answerLimitBytes) return [];
  const json = isBytes ? parseObject(decodeUtf8(answer)) : objectOf(answer);
  if (json === null || (json.error ?? null) !== null) return [];
  if (route === '/v1/messages') return unique([idOf(json.container)]);
  if (Array.isArray(json.output)) return responseIds(json);
  if (dialect === 'gemini') return geminiIds(json);
  const listed = arrayOf(json.data).slice(0, maxIds).map(idOf);
  return unique([
    textOf(json.id),
    idOf(json.file),
    textOf(json.output_file_id),
    textOf(json.error_file_id),
    ...listed,
  ]);
}
