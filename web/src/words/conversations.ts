/** Conversations and their turns in words and tones. */
import type { Tone } from '../design/tones.ts';

const tones: Readonly<Record<string, Tone>> = {
  idle: 'good',
  running: 'busy',
  archived: 'idle',
  erased: 'bad',
  completed: 'good',
  failed: 'bad',
  interrupted: 'rest',
};
const words: Readonly<Record<string, string>> = { idle: 'open', running: 'answering' };

export const toneOfStatus = (status: string): Tone => tones[status] ?? 'idle';
export const statusInWords = (status: string): string => words[status] ?? status;

/** Why a turn has no whole answer. */
const causes: Readonly<Record<string, string>> = {
  'gateway-gone':
    'The gateway that asked was gone before the answer was whole. Nothing was asked twice.',
  upstream: 'The provider broke the answer off.',
  cancelled: 'It was stopped by whoever asked.',
  stopping: 'The gateway was stopped meanwhile.',
};
export const causeInWords = (cause: string): string => causes[cause] ?? cause;

const finishes: Readonly<Record<string, string>> = {
  stop: '',
  toolCalls: 'waits for tools',
  length: 'cut at the most tokens',
  refusal: 'the model declined',
  pause: 'paused by the vendor',
  other: '',
};
/** Why an answer ended, where that is worth a word. */
export const endInWords = (finish: string | null): string =>
  finish === null ? '' : (finishes[finish] ?? finish);

export const titleOf = ({
  title,
  owner,
  turn_count: turns,
}: Readonly<{ title: string | null; owner: string; turn_count: number }>): string => {
  if (title !== null) return title;
  if (owner !== '') return 'Hidden title';
  return turns === 0 ? 'Nothing said yet' : 'Untitled';
};
