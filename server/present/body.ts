/** A recorded body as an operator reads it: as text where it is text. */
import { t, type Static } from 'elysia';
import type { RecordedBodies } from '../bodies/bodies.ts';
import type { RecordedPart } from '../bodies/seal.ts';
import { decoded } from '../proxy/attempt.ts';
import { nullable } from './list.ts';

const bodySchema = t.Object({
  content_type: nullable(t.String()),
  bytes: t.Integer({ description: 'of the whole body, as it passed' }),
  truncated: t.Boolean({ description: 'only the first 1,000,000 bytes are kept' }),
  text: nullable(t.String({ description: 'null for what is no text' })),
  base64: nullable(t.String({ description: 'of what is no text' })),
});
type PresentedBody = Static<typeof bodySchema>;

/** A text that was cut off may end inside a character. */
const longestCharacterBytes = 4;

function textOf(body: Uint8Array, isTruncated: boolean): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let missing = 0; missing < (isTruncated ? longestCharacterBytes : 1); missing += 1) {
    try {
      return decoder.decode(body.subarray(0, body.byteLength - missing));
    } catch {
      // Shorter, then.
    }
  }
  return null;
}

function presentBody({
  body,
  bodyBytes,
  contentType,
  contentEncoding,
}: RecordedPart): PresentedBody {
  const truncated = body.byteLength < bodyBytes;
  const text = textOf(decoded(body, contentEncoding || null), truncated);
  return {
    content_type: contentType || null,
    bytes: bodyBytes,
    truncated,
    text,
    base64: text === null ? Buffer.from(body).toString('base64') : null,
  };
}

export const bodiesSchema = t.Object({
  id: t.String(),
  request: nullable(bodySchema),
  response: nullable(bodySchema),
});

export const presentBodies = (
  id: string,
  { request, response }: RecordedBodies,
): Static<typeof bodiesSchema> => ({
  id,
  request: request ? presentBody(request) : null,
  response: response ? presentBody(response) : null,
});
