/** Reads an answer while it passes to the client, whose pace and whose leaving stay what they are. */
import type { NeutralTool } from '../../events/neutralMessage.ts';
import { readAnswerBytes } from '../dialects/answerBytes.ts';
import type { Answer, AnswerDelta, DialectForm, StreamedAnswer } from '../dialects/form.ts';
import { unpacked } from '../proxy/packing.ts';
import { jsonOf } from './asking.ts';

export type AnswerRead = Readonly<{
  push(chunk: Uint8Array): void;
  /** What came until now; null for what is no answer of the dialect. */
  end(): StreamedAnswer | null;
}>;

/** Of an answer that is no stream of events, more than this is not read. */
const heldAtMost = 64 * 1024 * 1024;
/** Ends of an element that are tried in an array that broke off. */
const triesAtMost = 16;

/** Gemini streams an array, where nobody asks for events; of one that broke off, what is whole in it. */
function elementsOf(text: string): unknown[] {
  let end = text.length;
  for (let tries = 0; tries < triesAtMost && end > 0; tries += 1) {
    end = text.lastIndexOf('}', end - 1);
    const found = jsonOf(`${text.slice(0, end + 1)}]`);
    if (Array.isArray(found)) return found;
  }
  return [];
}

const whole = (answer: Answer | null): StreamedAnswer | null =>
  answer && { ...answer, isWhole: true, failure: null };

function readHeld(
  form: DialectForm,
  tools: readonly NeutralTool[] | undefined,
  encoding: string,
): AnswerRead {
  const chunks: Uint8Array[] = [];
  let heldBytes = 0;
  return {
    push(chunk) {
      heldBytes += chunk.byteLength;
      // A copy: the bytes belong to whoever gets them next.
      if (heldBytes <= heldAtMost) chunks.push(chunk.slice());
    },
    end() {
      const body = Buffer.concat(chunks);
      const text = Buffer.from(unpacked(body, encoding) ?? body).toString();
      const json = jsonOf(text);
      if (!text.trimStart().startsWith('[')) return whole(form.answerOf(json, tools));
      const reader = form.createAnswerReader(tools);
      for (const element of Array.isArray(json) ? json : elementsOf(text)) {
        reader.push({ name: '', data: JSON.stringify(element) });
      }
      return reader.end();
    },
  };
}

/** `onDelta` is told what comes of a stream of events. */
export function readAnswer(
  headers: Headers,
  form: DialectForm,
  tools: readonly NeutralTool[] | undefined,
  onDelta: (delta: AnswerDelta) => void,
): AnswerRead {
  if (!headers.get('content-type')?.startsWith('text/event-stream'))
    return readHeld(form, tools, headers.get('content-encoding') ?? '');
  const bytes = readAnswerBytes(form.createAnswerReader(tools));
  return {
    push: (chunk) => bytes.push(chunk).forEach(onDelta),
    end: bytes.end,
  };
}

/** The same bytes. `onEnd` is called once; what it resolves to is waited for before the client is told the end. */
export function passing(
  body: ReadableStream<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void,
  onEnd: () => Promise<void>,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            onChunk(value);
            controller.enqueue(value);
            return;
          }
          await onEnd();
          controller.close();
        } catch {
          void onEnd();
          // Without a reason, which Bun would print.
          controller.error();
        }
      },
      async cancel(reason) {
        await reader.cancel(reason);
        void onEnd();
      },
    },
    { highWaterMark: 0 },
  );
}
