/** Whose traffic a caller may see: an operator everybody's, a client its own. */
import type { Caller } from './callers.ts';

/** The client to show, whichever was asked for. Undefined means all; `''` is traffic that came without a client key. */
export function clientShownTo(caller: Caller, asked: string | undefined): string | undefined {
  if (caller.kind === 'operator') return asked;
  return caller.kind === 'client' ? caller.client.clientId : '';
}
