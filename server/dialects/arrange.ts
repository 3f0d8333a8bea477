/**
 * Puts a conversation into the order that every vendor accepts: the roles take turns, each call has its result right
 * after it, results come first, ids are taken once.
 */
import type {
  ContentPart,
  MediaPart,
  MessagePart,
  NeutralMessage,
  OpaquePart,
  ToolCallPart,
  ToolResultPart,
} from '../../events/neutralMessage.ts';
import type { Dialect } from '../../events/provider.ts';
import { isMedia, textPart } from './media.ts';
import { fittingIds, fittingName } from './toolNames.ts';

/** A result under the id and the name that its call is written with. */
export type ArrangedResult = Readonly<{
  id: string;
  name: string;
  content: readonly ContentPart[];
  isError: boolean;
}>;

export type ArrangedMessage =
  | Readonly<{ role: 'assistant'; parts: readonly Exclude<MessagePart, ToolResultPart>[] }>
  | Readonly<{
      role: 'user';
      results: readonly ArrangedResult[];
      parts: readonly (ContentPart | OpaquePart)[];
    }>;

type Terms = Readonly<{
  dialect: Dialect;
  model: string;
  isSent(part: MessagePart): boolean;
  /** Whether the first message must be a user's. */
  beginsWithUser: boolean;
  /** Whether an assistant's message may have images. */
  assistantShows: boolean;
}>;

const notCarriedOut = 'This call was not carried out.';
const leftOutBefore = '(What was said before is left out.)';
const shownByAssistant = 'Shown by the assistant in its last message:';

/** Roles take turns, and nothing is empty. */
export function inTurns(messages: readonly NeutralMessage[]): NeutralMessage[] {
  const turns: { role: NeutralMessage['role']; parts: MessagePart[] }[] = [];
  for (const { role, parts } of messages) {
    if (parts.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else turns.push({ role, parts: [...parts] });
  }
  return turns;
}

/** For a vendor or a message that has no place for it as a result. */
function resultAsParts(
  { callId, name, isError }: ToolResultPart,
  content: readonly ContentPart[],
): ContentPart[] {
  const said = isError === true ? 'Error' : 'Result';
  return [textPart(`${said} of the tool call ${name ?? callId}:`), ...content];
}

function isOfRole(role: NeutralMessage['role'], { type }: MessagePart): boolean {
  if (type === 'toolResult') return role === 'user';
  return role === 'assistant' || (type !== 'toolCall' && type !== 'thinking');
}

/** Thoughts that led to nothing are not sent: an answer was cut off there. */
const isMoreThanThought = (parts: readonly MessagePart[]): boolean =>
  parts.some(({ type }) => type !== 'thinking');

type OpenCall = Readonly<{ was: string; id: string; name: string }>;

export function arrange(messages: readonly NeutralMessage[], terms: Terms): ArrangedMessage[] {
  const fittingId = fittingIds(terms.dialect, terms.model);
  const takenIds = new Set<string>();
  const arranged: ArrangedMessage[] = [];
  let openCalls: OpenCall[] = [];
  let shown: MediaPart[] = [];

  const sentOf = ({ content }: ToolResultPart): ContentPart[] => content.filter(terms.isSent);

  function uniqueId(of: string): string {
    let id = fittingId(of);
    // A blank fits no dialect: such an id is always made anew.
    for (let count = 2; takenIds.has(id); count += 1) id = fittingId(`${of} ${count}`);
    takenIds.add(id);
    return id;
  }

  function opened(call: ToolCallPart): ToolCallPart {
    const name = fittingName(terms.dialect, call.name);
    const id = uniqueId(call.id);
    openCalls.push({ was: call.id, id, name });
    return { ...call, id, name };
  }

  function addAssistant(parts: readonly MessagePart[]): void {
    const own: Exclude<MessagePart, ToolResultPart>[] = [];
    for (const part of parts) {
      if (part.type === 'toolResult') continue;
      if (part.type === 'toolCall') own.push(opened(part));
      else if (isMedia(part) && !terms.assistantShows) shown.push(part);
      else own.push(part);
    }
    if (isMoreThanThought(own)) arranged.push({ role: 'assistant', parts: own });
  }

  function addUser(parts: readonly MessagePart[]): void {
    const given = parts.filter((part) => part.type === 'toolResult');
    const results = openCalls.map(({ was, id, name }) => {
      const at = given.findIndex(({ callId }) => callId === was);
      const [found] = at === -1 ? [] : given.splice(at, 1);
      if (!found) return { id, name, content: [textPart(notCarriedOut)], isError: true };
      return { id, name, content: sentOf(found), isError: found.isError === true };
    });
    const own: (ContentPart | OpaquePart)[] = given.flatMap((result) =>
      resultAsParts(result, sentOf(result)),
    );
    if (shown.length > 0) own.push(textPart(shownByAssistant), ...shown);
    for (const part of parts) {
      if (part.type === 'text' || part.type === 'opaque' || isMedia(part)) own.push(part);
    }
    openCalls = [];
    shown = [];
    const last = arranged.at(-1);
    // An assistant's message that only showed something is gone: the user's before it goes on.
    if (last?.role === 'user') {
      arranged[arranged.length - 1] = { ...last, parts: [...last.parts, ...own] };
    } else if (results.length + own.length > 0)
      arranged.push({ role: 'user', results, parts: own });
  }

  const sent = messages.map(({ role, parts }) => ({
    role,
    parts: parts.filter((part) => isOfRole(role, part) && terms.isSent(part)),
  }));
  const turns = inTurns(sent).filter(({ parts }) => isMoreThanThought(parts));
  for (const { role, parts } of inTurns(turns)) {
    if (role === 'assistant') addAssistant(parts);
    else addUser(parts);
  }
  if (openCalls.length + shown.length > 0) addUser([]);
  if (terms.beginsWithUser && arranged[0]?.role === 'assistant') {
    arranged.unshift({ role: 'user', results: [], parts: [textPart(leftOutBefore)] });
  }
  return arranged;
}
