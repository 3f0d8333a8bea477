/** How long names may be, and how deep a message: what comes from outside is told before it costs anything. */
import { failed, invalidParams, type Json, type RpcAnswer } from '../rpc/message.ts';

const longestName = 256;
const longestUri = 8_192;
const longestMethod = 128;
export const mostDepth = 100;

const bytes = { quote: 34, backslash: 92, open: 123, openList: 91, close: 125, closeList: 93 };

/** Whether JSON nests deeper than anything that is meant well; whoever walks it would need the stack for it. */
export function isTooDeep(json: Uint8Array): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (isText) {
      if (byte === bytes.backslash) at += 1;
      else if (byte === bytes.quote) isText = false;
    } else if (byte === bytes.quote) isText = true;
    else if (byte === bytes.open || byte === bytes.openList) {
      depth += 1;
      if (depth > mostDepth) return true;
    } else if (byte === bytes.close || byte === bytes.closeList) depth -= 1;
  }
  return false;
}

const isLonger = (value: unknown, most: number): boolean =>
  typeof value === 'string' && value.length > most;

/** What is refused for the length of a name alone; undefined for everything else. */
export function lengthFault(method: string, params: Json): RpcAnswer | undefined {
  const tooLong = (what: string, most: number) =>
    failed(invalidParams, `Invalid params: ${what} is longer than ${most} characters`);
  if (isLonger(method, longestMethod)) return tooLong('the method', longestMethod);
  if (isLonger(params['name'], longestName)) return tooLong('name', longestName);
  if (isLonger(params['uri'], longestUri)) return tooLong('uri', longestUri);
  return undefined;
}
