/** What the judge is shown of one attempt, and what it says about it. */
import type { Dialect } from '../../events/provider.ts';
import type { Longest } from './commands.ts';

/** How far the attempt got. */
export type Phase = 'connect' | 'headers' | 'first-byte' | 'body';

/** What became of the connection; null when nothing did. `aborted` is the client leaving. */
export type TransportFault =
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'timeout'
  | 'dns'
  | 'tls'
  | 'aborted'
  | 'truncated'
  | 'other';

export type Evidence = Readonly<{
  dialect: Dialect;
  /** Its id, for the operators' rules that name one. */
  provider?: string;
  /** 0 when no answer came. */
  status: number;
  headers: Headers;
  /** The first 64 KiB, decoded; `''` where it does not matter. */
  body: string;
  phase: Phase;
  transport: TransportFault | null;
  /** What the client has got of the answer already. */
  bytesSent: number;
  /** `generation` may be repeated, `creation` makes something, `read` changes nothing. */
  endpoint: 'generation' | 'creation' | 'read';
  nowMs: number;
}>;

export type VerdictClass =
  | 'ok'
  | 'caller'
  | 'permission'
  | 'region'
  | 'model'
  | 'rate_limit'
  | 'quota'
  | 'credential'
  | 'transient'
  | 'cancelled';

/**
 * `only-if-not-processed`: repeat if you know that no byte of the request reached the vendor. `other-key`: the same
 * key would be told the same. `same-provider`: any key will do.
 */
export type Retry = 'none' | 'other-key' | 'same-provider' | 'only-if-not-processed';

export type Verdict = Readonly<{
  class: VerdictClass;
  /** Whom the verdict touches; `caller` touches no key, no model and no provider. */
  scope: 'caller' | 'model' | 'key' | 'provider';
  /** The wait the vendor named, as it named it: not clamped. */
  hintMs?: number;
  longest: Longest;
  retry: Retry;
  /** An operator's rule said so: a credential is not waited for to be refused again. */
  isCertain?: true;
  ruleId: string;
  /** For people; redacted, at most 300 characters. */
  reason: string;
}>;
