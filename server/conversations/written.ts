/** A conversation as a file: JSON with all there is of it, Markdown to be read. */
import { messagesOfTurn, presentConversation, presentTurn } from '../present/conversation.ts';
import { isoOf } from '../present/list.ts';
import type { MessagePart } from '../../events/neutralMessage.ts';
import type { Conversation } from './conversations.ts';
import { textOf } from './follow.ts';
import type { ReadTurn } from './said.ts';

export function asJson(conversation: Conversation, turns: readonly ReadTurn[]): object {
  return {
    conversation: presentConversation(conversation),
    turns: turns.map((turn) => {
      const { message: _answer, ...known } = presentTurn(conversation.id, turn);
      return { ...known, messages: messagesOfTurn(turn) };
    }),
  };
}

const fenced = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}json\n${text}\n${fence}`;
};

function written(part: MessagePart): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
    case 'file': {
      const name = part.name ?? part.mediaType ?? part.type;
      return 'url' in part ? `[${name}](${part.url})` : `*(${part.type}: ${name})*`;
    }
    case 'toolCall':
      return `*Calls ${part.name}:*\n\n${fenced(JSON.stringify(part.input, null, 2))}`;
    case 'toolResult':
      return `*${part.isError === true ? 'Failure' : 'Result'} of ${part.name ?? part.callId}:*\n\n${part.content.map(written).join('\n\n')}`;
    case 'thinking':
      return part.text
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n');
    case 'opaque':
      return '';
    default:
      return part satisfies never;
  }
}

const writtenParts = (parts: readonly MessagePart[]): string =>
  parts
    .map(written)
    .filter((text) => text !== '')
    .join('\n\n');

export function asMarkdown(
  { title, systemPrompt, context }: Conversation,
  turns: readonly ReadTurn[],
): string {
  const lines = [`# ${title ?? 'Conversation'}`, isoOf(context.startedAtMs)];
  if (systemPrompt !== null) lines.push('## System', systemPrompt);
  for (const { question, answer, model, status } of turns) {
    lines.push('## User', writtenParts(question.message.parts));
    if (answer) lines.push(`## Assistant (${model})`, writtenParts(answer.parts));
    if (status !== 'completed') lines.push(`*${status}${textOf(answer) === '' ? '' : ' here'}*`);
  }
  return `${lines.join('\n\n')}\n`;
}
