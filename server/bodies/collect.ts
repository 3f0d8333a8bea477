/** Collects an answer while it passes to the client, up to a bound; the client's pace and its leaving stay what they are. */
import { recordedAtMost, type RecordedPart } from './seal.ts';

/** What all answers under way may hold together; beyond it they are cut off earlier. */
const heldAtMost = 64 * 1024 * 1024;

export type Collector = Readonly<{
  /** The same answer; `onEnd` is called once, when all of it has passed, broke off or was left. */
  collect(
    response: Response,
    isWhole: boolean,
    onEnd: (part: RecordedPart) => void,
  ): Promise<Response>;
}>;

export const partOf = (body: Uint8Array, headers: Headers): RecordedPart => ({
  ...headOf(headers),
  bodyBytes: body.byteLength,
  body: body.subarray(0, recordedAtMost),
});

export const jsonPart = (body: Uint8Array): RecordedPart => ({
  contentType: 'application/json',
  contentEncoding: '',
  bodyBytes: body.byteLength,
  body: body.subarray(0, recordedAtMost),
});

const headOf = (headers: Headers) => ({
  contentType: headers.get('content-type') ?? '',
  contentEncoding: headers.get('content-encoding') ?? '',
});

export function createCollector(): Collector {
  let heldBytes = 0;

  const passing = (
    source: ReadableStream<Uint8Array>,
    onEnd: (bodyBytes: number, chunks: readonly Uint8Array[]) => void,
  ): ReadableStream<Uint8Array> => {
    const reader = source.getReader();
    const chunks: Uint8Array[] = [];
    let bodyBytes = 0;
    let kept = 0;
    let isOver = false;

    const take = (chunk: Uint8Array) => {
      const room = Math.min(recordedAtMost - kept, heldAtMost - heldBytes);
      // Once something is missing, nothing after it is kept.
      if (room > 0 && kept === bodyBytes) {
        // A copy: the bytes belong to whoever gets them next.
        const own = chunk.slice(0, room);
        chunks.push(own);
        kept += own.byteLength;
        heldBytes += own.byteLength;
      }
      bodyBytes += chunk.byteLength;
    };
    const finish = () => {
      if (isOver) return;
      isOver = true;
      heldBytes -= kept;
      onEnd(bodyBytes, chunks);
    };

    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const { done, value } = await reader.read();
            if (done) {
              finish();
              controller.close();
              return;
            }
            take(value);
            controller.enqueue(value);
          } catch {
            finish();
            // Without a reason, which Bun would print.
            controller.error();
          }
        },
        async cancel(reason) {
          finish();
          await reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  };

  return {
    async collect(response, isWhole, onEnd) {
      const { status, headers, body } = response;
      if (!body) {
        onEnd(partOf(new Uint8Array(), headers));
        return response;
      }
      if (isWhole) {
        const bytes = await response.bytes();
        onEnd(partOf(bytes, headers));
        return new Response(bytes, { status, headers });
      }
      const passed = passing(body, (bodyBytes, chunks) =>
        onEnd({ ...headOf(headers), bodyBytes, body: Buffer.concat(chunks) }),
      );
      return new Response(passed, { status, headers });
    },
  };
}
