/** Why a server could not be reached, for people: nothing of it may be a secret. */
import { redact } from '../../../actors/providerKey/redact.ts';
import { BadServer } from '../config/written.ts';

const longest = 300;

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be reached';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const text = error.message.includes(code.slice(2, -1)) ? error.message : error.message + code;
  return redact(text).slice(0, longest) || error.name;
}

/** Another try with the same configuration cannot end otherwise. */
export const isFinal = (error: unknown): boolean => error instanceof BadServer;
