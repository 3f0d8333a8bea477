/** Reads from a request the ids that only the key that made them knows, and the conversation it belongs to. */
import type { Dialect } from '../../events/provider.ts';
import { cipherId, geminiFile, hashOf, idOf, maxIds, maxItems, newest } from './ids.ts';
import { arrayOf, objectOf, textOf, type JsonObject } from './json.ts';

const maxParts = 32;
const gistChars = 1024;

export type Affinity = {
  /** Ids made by one key, which must see the request. */
  pinned: string[];
  /** Requests that share it should stay on one key while that is healthy. */
  conversation: string | null;
};

/** Ids as they are found, each once, up to a bound; a plain request leaves it empty at no cost. */
type Found = string[];

function add(found: Found, id: string | null): void {
  if (id !== null && found.length < maxIds && !found.includes(id)) found.push(id);
}

/** The parts of a path that its template calls ids; Gemini's names hold their collection too. */
function addPathIds(found: Found, dialect: Dialect, route: string, pathname: string): void {
  if (!route.includes('{id}')) return;
  if (route.includes('{model}')) {
    // An operation is called by the model that carries it out, too.
    add(found, pathname.slice(pathname.indexOf('/models/') + 1));
    return;
  }
  const parts = pathname.split('/').filter((part) => part !== '');
  const names = route.split('/').slice(1);
  for (const [index, name] of names.entries()) {
    const [id = ''] = (parts[index] ?? '').split(':');
    if (name !== '{id}' || id === '') continue;
    add(found, dialect === 'gemini' ? `${names[index - 1]}/${id}` : id);
  }
}

/** Begun with one request and gone on with in others, which name it in their query. */
function addQueryIds(found: Found, route: string, search: string): void {
  const name = route.startsWith('/upload/') ? 'upload_id' : 'call_id';
  if (search.includes(`${name}=`)) add(found, new URLSearchParams(search).get(name));
}

function addPartIds(found: Found, part: JsonObject): void {
  const data = objectOf(part.fileData) ?? objectOf(part.file_data);
  add(found, textOf(part.file_id));
  add(found, textOf(objectOf(part.file)?.file_id));
  add(found, textOf(objectOf(part.source)?.file_id));
  if (data !== null) add(found, geminiFile(data.fileUri ?? data.file_uri));
}

function addCipherIds(found: Found, item: JsonObject): void {
  const id = cipherId(item);
  if (id !== null) add(found, textOf(item.id) ?? id);
}

function addItemIds(found: Found, item: JsonObject): void {
  const { type } = item;
  if (type === 'reasoning' || type === 'compaction') addCipherIds(found, item);
  if (type === 'item_reference') add(found, textOf(item.id));
  const parts = item.content ?? item.parts;
  if (!Array.isArray(parts)) return;
  for (const part of newest(parts, maxParts)) {
    const object = objectOf(part);
    if (object !== null) addPartIds(found, object);
  }
}

function addTexts(found: Found, values: unknown): void {
  if (!Array.isArray(values)) return;
  for (const value of values.slice(0, maxParts)) add(found, textOf(value));
}

function addToolIds(found: Found, tool: JsonObject): void {
  addTexts(found, tool.vector_store_ids);
  addTexts(found, objectOf(tool.container)?.file_ids);
  add(found, textOf(tool.container));
}

function addBodyIds(found: Found, json: JsonObject): void {
  add(found, textOf(json.previous_response_id));
  add(found, textOf(json.previous_interaction_id));
  add(found, idOf(json.conversation));
  add(found, idOf(json.container));
  add(found, textOf(json.cachedContent ?? json.cached_content));
  add(found, textOf(json.input_file_id));
  add(found, textOf(json.training_file));
  add(found, textOf(json.validation_file));
  add(found, textOf(json.file_id));
  addTexts(found, json.file_ids);
  for (const one of arrayOf(json.tools).slice(0, maxItems)) {
    const tool = objectOf(one);
    if (tool !== null) addToolIds(found, tool);
  }
  const turns = newest(turnsOf(json), maxItems);
  for (let index = turns.length - 1; index >= 0; index--) {
    const turn = objectOf(turns[index]);
    if (turn !== null) addItemIds(found, turn);
  }
}

/** The turns of a conversation, whatever the dialect calls them. */
function turnsOf(json: JsonObject): readonly unknown[] {
  for (const turns of [json.messages, json.input, json.contents]) {
    if (Array.isArray(turns)) return turns;
  }
  return [];
}

function isAnswer(turn: unknown): boolean {
  const item = objectOf(turn);
  if (item === null) return false;
  const { role, type } = item;
  return (
    role === 'assistant' || role === 'model' || type === 'reasoning' || type === 'function_call'
  );
}

/** Enough of a text to tell conversations apart. No vendor nests one deeper than this. */
function gist(value: unknown, depth = 0): string {
  if (typeof value === 'string') return `${value.length}:${value.slice(0, gistChars)}`;
  if (depth === 8) return '';
  if (Array.isArray(value))
    return value
      .slice(0, 4)
      .map((one) => gist(one, depth + 1))
      .join('|');
  const object = objectOf(value);
  if (object === null) return '';
  const inner = object.text ?? object.content ?? object.parts ?? textOf(object.type) ?? '';
  return gist(inner, depth + 1);
}

/** What stays the same from turn to turn: the instructions and all turns up to the first answer. */
function prefixOf(json: JsonObject): string | null {
  const turns = turnsOf(json);
  if (!newest(turns, maxItems).some(isAnswer)) return null;
  const opening: string[] = [];
  for (const turn of turns.slice(0, 8)) {
    if (isAnswer(turn)) break;
    opening.push(gist(turn));
  }
  const system = json.system ?? json.instructions ?? json.systemInstruction;
  return `${gist(system)}\n${opening.join('\n')}`;
}

function conversationOf(json: JsonObject | null, headers: Headers, client: string): string | null {
  const name =
    textOf(json?.prompt_cache_key) ??
    textOf(objectOf(json?.metadata)?.user_id) ??
    textOf(headers.get('x-conversation-id'));
  if (name !== null) return hashOf(`${client}\nname\n${name}`);
  const prefix = json === null ? null : prefixOf(json);
  return prefix === null ? null : hashOf(`${client}\nprefix\n${prefix}`);
}

/** What of a request shows where it belongs. */
export type TiedRequest = Readonly<{
  route: Readonly<{ route: string }>;
  pathname: string;
  search: string;
  headers: Headers;
  json: unknown;
}>;

export function affinityOf(dialect: Dialect, request: TiedRequest, client: string): Affinity {
  const json = objectOf(request.json);
  const pinned: Found = [];
  addPathIds(pinned, dialect, request.route.route, request.pathname);
  if (request.search !== '') addQueryIds(pinned, request.route.route, request.search);
  if (json !== null) addBodyIds(pinned, json);
  return { pinned, conversation: conversationOf(json, request.headers, client) };
}
