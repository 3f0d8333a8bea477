/** What the names of headers mean here, looked at once: a vendor's answers have the same ones again and again. */
import { isForClient } from '../proxy/headers.ts';
import { MalformedAnswer } from './malformedAnswer.ts';

export type HeaderName = Readonly<{
  /** In lower case. */
  name: string;
  /** False for what belongs to the connection, or is not for clients. */
  isForClient: boolean;
}>;

/** RFC 9110, 5.6.2. */
const token = /^[\w!#$%&'*+.^`|~-]+$/;
const mostKnown = 1_000;
/** A vendor may write longer ones; what is remembered has an end. */
const longestKnown = 64;
const known = new Map<string, HeaderName>();

/**
 * @param written as it came
 * @throws MalformedAnswer for what is no name
 */
export function headerName(written: string): HeaderName {
  const seen = known.get(written);
  if (seen) return seen;
  if (!token.test(written)) throw new MalformedAnswer('a header has no name');
  const name = written.toLowerCase();
  const found = { name, isForClient: isForClient(name) };
  if (known.size < mostKnown && written.length <= longestKnown) known.set(written, found);
  return found;
}
