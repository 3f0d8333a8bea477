/** How a session ends: what each end is told, what the log says, and what it says about the key. */
import type { Dialect } from '../../events/provider.ts';
import type { Outcome } from '../../events/traffic.ts';

export type Ending = Readonly<{
  by: 'client' | 'vendor' | 'gateway';
  code: number;
  reason: string;
}>;

const goingAway = 1001;
const noStatus = 1005;
const vanished = 1006;
const failedTls = 1015;

/** Those that a peer may only conclude, never send. */
const isUnsendable = (code: number): boolean => code === vanished || code === failedTls;

export const stopping: Ending = {
  by: 'gateway',
  code: goingAway,
  reason: 'the gateway is stopping',
};
export const tooSlow: Ending = { by: 'gateway', code: 1013, reason: 'too slow for what comes in' };
export const modelNotAllowed: Ending = {
  by: 'gateway',
  code: 1008,
  reason: 'this client key may not use that model',
};
export const providerStalled: Ending = {
  by: 'gateway',
  code: 1011,
  reason: 'the provider takes nothing more',
};
export const providerSilent: Ending = {
  by: 'gateway',
  code: 1011,
  reason: 'the provider does not answer any more',
};

/** What the client is told. */
export const forClient = ({ code, reason }: Ending): Ending =>
  isUnsendable(code)
    ? { by: 'vendor', code: 1011, reason: 'the connection to the provider broke' }
    : { by: 'vendor', code, reason };

/** What the vendor is told; without a code where there was none. */
export function closeTowards(socket: Bun.WebSocket, { by, code, reason }: Ending): void {
  if (by !== 'client' || isUnsendable(code)) socket.close(goingAway);
  else if (code === noStatus) socket.close();
  else socket.close(code, reason);
}

const isFine = (code: number): boolean => code === 1000 || code === goingAway || code === noStatus;

export function outcomeOf({ by, code }: Ending): Outcome {
  if (by === 'client') return code === vanished ? 'cancelled' : 'completed';
  if (code === modelNotAllowed.code && by === 'gateway') return 'failed';
  if (by === 'gateway' || code === vanished) return 'truncated';
  return isFine(code) ? 'completed' : 'failed';
}

export type Complaint = Readonly<{ status: number; body: string }>;

/** The HTTP status that an error inside a session would have had; 0 for what is nobody's but the caller's. */
function statusOf(text: string): number {
  if (/invalid_api_key|API key not valid|API key expired|account_deactivated/i.test(text))
    return 401;
  if (/insufficient_quota|rate_limit|RESOURCE_EXHAUSTED|exceeded your current quota/i.test(text)) {
    return 429;
  }
  return /reported as leaked|PERMISSION_DENIED/i.test(text) ? 403 : 0;
}

/** What an error event says that came over the line; null for one that is the caller's. */
export function complaintIn(text: string): Complaint | null {
  const status = statusOf(text);
  return status === 0 ? null : { status, body: text };
}

/** Both vendors let a key in and close on it, with their reason, when it is no good. */
export function complaintAt(dialect: Dialect, { by, code, reason }: Ending): Complaint | null {
  if (by !== 'vendor' || isFine(code) || reason === '') return null;
  const status = statusOf(reason);
  if (status === 0) return null;
  const error =
    dialect === 'gemini'
      ? { code: status, message: reason }
      : { message: reason, code: reason.split('.').at(-1) };
  return { status, body: JSON.stringify({ error }) };
}
