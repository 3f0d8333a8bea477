/** An answer that is no HTTP/1.1. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  readonly code = 'HPE_INVALID';
}
