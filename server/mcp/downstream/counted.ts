/** Requests that a client may make only so many of: counted in before the work, and out when the answer has left. */
import type { Allowance } from '../../access/allowance.ts';
import type { GatewayError } from '../../proxy/dialect.ts';

/** Passes every byte on, and tells when there are no more: read, refused or cancelled. */
function watched(body: ReadableStream<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let isOver = false;
  const over = () => {
    if (!isOver) onEnd();
    isOver = true;
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        over();
        return controller.close();
      } catch (error) {
        over();
        throw error;
      }
    },
    async cancel(reason) {
      over();
      await reader.cancel(reason);
    },
  });
}

/**
 * @param allowance Null where nothing limits the caller: then this costs nothing.
 * @param refused How a refusal is told.
 */
export async function counted(
  allowance: Allowance | null,
  answer: () => Promise<Response>,
  refused: (refusal: GatewayError) => Response,
): Promise<Response> {
  if (allowance === null) return answer();
  const refusal = allowance.enter(performance.now());
  let response: Response | undefined;
  let isStreamed = false;
  try {
    response = refusal === null ? await answer() : refused(refusal);
    const type = response.headers.get('content-type') ?? '';
    const { body, status } = response;
    const headers = new Headers(response.headers);
    allowance.show(headers, 'openai', performance.now(), Date.now());
    isStreamed = body !== null && type.startsWith('text/event-stream');
    return new Response(isStreamed && body ? watched(body, allowance.leave) : body, {
      status,
      headers,
    });
  } finally {
    if (!isStreamed) allowance.leave();
  }
}

export const retryAfterOf = ({ retryAfterMs = 1_000 }: GatewayError): string =>
  String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));
