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

export const titleOf = ({
  title,
  owner,
  turn_count: turns,
}: Readonly<{ title: string | null; owner: string; turn_count: number }>): string => {
  if (title !== null) return title;
  if (owner !== '') return 'Hidden title';
  return turns === 0 ? 'Nothing said yet' : 'Untitled';
};

export const ownerInWords = (owner: string): string => owner || 'you and keyless callers';
