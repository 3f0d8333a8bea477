/** What a model is told of the turns before: whole pairs of question and answer, the last so many of them. */
import type { NeutralMessage } from '../../events/neutralMessage.ts';
import type { ReadTurn } from './said.ts';

const isToolResults = ({ parts }: NeutralMessage): boolean =>
  parts.some(({ type }) => type === 'toolResult');

/** A turn without any answer is left out: its question was never answered, and is asked again if it matters. */
export function messagesOf(turns: readonly ReadTurn[]): NeutralMessage[] {
  return turns.flatMap(({ question, answer, status }) =>
    answer === null || status === 'running' ? [] : [question.message, answer],
  );
}

/**
 * The last so many messages. They begin with something a person said: results of tools mean nothing without the calls
 * before them.
 */
export function lastOf(messages: readonly NeutralMessage[], most: number): NeutralMessage[] {
  const from = Math.max(messages.length - most, 0);
  const isBeginning = (message: NeutralMessage) =>
    message.role === 'user' && !isToolResults(message);
  const first = messages.findIndex((message, index) => index >= from && isBeginning(message));
  // Rather a few more than a beginning that no provider takes.
  return messages.slice(first < 0 ? messages.findLastIndex(isBeginning) : first);
}

const titleChars = 60;

/** The first line of the first message, cut off between words; null where nothing was written. */
export function titleOf({ parts }: NeutralMessage): string | null {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(' ');
  const line =
    text
      .trim()
      .split(/[\r\n]/, 1)[0]
      ?.replace(/\s+/g, ' ')
      .trim() ?? '';
  if (line === '') return null;
  const chars = Array.from(line);
  if (chars.length <= titleChars) return line;
  const cut = chars.slice(0, titleChars).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > titleChars / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
