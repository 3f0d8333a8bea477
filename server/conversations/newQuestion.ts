/** What is new in a client's own request: it sends all that was said before each time. */
import type { NeutralMessage } from '../../events/neutralMessage.ts';
import { dialects } from '../dialects/dialects.ts';
import { decodeUtf8 } from '../proxy/bytes.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { jsonOf } from './asking.ts';
import type { Asked } from './said.ts';

/** The last that a person or a tool said, as one message; whatever stands before it is not compared. */
function newestOf(messages: readonly NeutralMessage[]): NeutralMessage | null {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  if (last < 0) return null;
  const before = messages.findLastIndex(({ role }, index) => index < last && role !== 'user');
  const parts = messages.slice(before + 1, last + 1).flatMap((message) => message.parts);
  return { role: 'user', parts };
}

/** Null for what asks nothing. */
export function newQuestionOf(incoming: Incoming): Asked | null {
  const { dialect } = incoming.route;
  const body = incoming.unpacked ?? incoming.body;
  const json = body && jsonOf(decodeUtf8(body));
  const question = dialects[dialect].questionOf(json, incoming.pathname);
  const message = question && newestOf(question.messages);
  if (!question || !message) return null;
  const { system, tools, toolChoice, maxTokens, temperature } = question;
  return { message, system, tools, toolChoice, maxTokens, temperature };
}
