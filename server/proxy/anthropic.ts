/** The Anthropic dialect: its errors, and how its streams end. */
import { objectOf, parseObject, textOf, type JsonObject } from './json.ts';
import { find, hasValueBut, quoted } from './bytes.ts';
import { originOf } from './headers.ts';
import { errorHeaders, type DialectModule, type ErrorKind, type GatewayError } from './dialect.ts';
import { sseWatch, type EventReader } from './sse.ts';
import { anthropicUsage, anthropicUsageOfPlain } from './usage.ts';

const types: Record<ErrorKind, string> = {
  invalid_request: 'invalid_request_error',
  authentication: 'authentication_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  too_large: 'request_too_large',
  rate_limit: 'rate_limit_error',
  api: 'api_error',
  timeout: 'timeout_error',
  overloaded: 'overloaded_error',
  unavailable: 'api_error',
};

const keys = { error: quoted('error') };
const errorEvent = Buffer.from('event: error');
/** Of message_start, message_delta and message_stop. */
const messageEvent = Buffer.from('message_');
const nullByte = 110;

function errorObject(error: GatewayError) {
  return { type: types[error.kind], message: error.message, details: { error_code: error.code } };
}

function messagesReader(judged: boolean): EventReader {
  /** The start has what was read, the last delta what was written; later counts replace earlier ones. */
  let counts: JsonObject | null = null;
  let container: string | null = null;
  let stopped = false;
  let failure: string | null = null;

  function count(usage: JsonObject | null): void {
    if (usage === null) return;
    const known = Object.entries(usage).filter(([, value]) => value !== null);
    counts = { ...counts, ...Object.fromEntries(known) };
  }

  return {
    wants: (bytes) =>
      find(bytes, messageEvent) !== -1 ||
      find(bytes, errorEvent) !== -1 ||
      hasValueBut(bytes, keys.error, nullByte),
    read(name, data) {
      const json = parseObject(data);
      if (json === null) return false;
      const type = textOf(json.type) ?? name;
      if (type === 'error' || objectOf(json.error) !== null) failure = data;
      if (type === 'message_stop') stopped = true;
      const message = objectOf(json.message);
      count(objectOf(message?.usage) ?? objectOf(json.usage));
      const made = objectOf(message?.container) ?? objectOf(objectOf(json.delta)?.container);
      container = textOf(made?.id) ?? container;
      return true;
    },
    readLarge() {},
    complete: () => (judged ? stopped : null),
    failure: () => failure,
    usage: () => anthropicUsage(counts),
    ids: () => (container === null ? [] : [container]),
    closing: () => '',
  };
}

const batches = '/v1/messages/batches';
const resultsUrl = /("results_url"\s*:\s*")https?:\/\/[^/"]+(?=\/v1\/messages\/batches\/)/g;

/** The SDK gets a batch's results from where the batch says, with the key of its caller: which is not the vendor's. */
function withOurResultsUrl(body: Uint8Array, origin: string): Uint8Array<ArrayBuffer> | null {
  // Latin-1 gives every byte back as it was.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const changed = text.replace(resultsUrl, `$1${origin}`);
  return changed === text ? null : Buffer.from(changed, 'latin1');
}

export const anthropic: DialectModule = {
  name: 'anthropic',
  errorBody(error, requestId) {
    const body = JSON.stringify({
      type: 'error',
      error: errorObject(error),
      request_id: requestId,
    });
    const status = error.kind === 'overloaded' ? 529 : error.status;
    return { status, headers: errorHeaders(error, requestId, 'request-id'), body };
  },
  inBandError(error) {
    const data = JSON.stringify({ type: 'error', error: errorObject(error) });
    return new TextEncoder().encode(`event: error\ndata: ${data}\n\n`);
  },
  terminator: (route) => sseWatch(messagesReader(route === '/v1/messages')),
  // Its answers are never so large.
  usageOfTail: () => null,
  usageOfPlain: (body, route) => (route === '/v1/messages' ? anthropicUsageOfPlain(body) : null),
  readdressed: (body, { origin, headers, route }) =>
    route.route.startsWith(batches) ? withOurResultsUrl(body, originOf(origin, headers)) : null,
};
