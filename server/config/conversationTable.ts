/** The variables of conversations. */
import { row } from './row.ts';
import { parseInteger, parseNumber, parseText, type Parse } from './values.ts';

const optionalNumber: Parse<number | null> = parseNumber(0, 2);

export const conversationTable = {
  turnModel: row(
    'CLAUDE_MODEL',
    parseText,
    'claude-opus-4-8',
    'model of conversations that name none',
  ),
  turnMaxTokens: row(
    'MAX_TOKENS',
    parseInteger(1, 10_000_000),
    4096,
    'longest answer in a conversation that says nothing else',
    { unit: 'tokens' },
  ),
  turnTemperature: row(
    'TEMPERATURE',
    optionalNumber,
    null,
    "temperature in a conversation that says nothing else; without it the vendor's own",
  ),
  conversationLength: row(
    'MAX_CONVERSATION_LENGTH',
    parseInteger(2, 100_000),
    100,
    'messages of a conversation before it is full',
    { unit: 'messages' },
  ),
};
