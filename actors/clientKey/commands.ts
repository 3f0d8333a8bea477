/** What can be asked of a client key. */
import type { ClientKeyChanges, ClientKeyEvent } from '../../events/clientKey.ts';
import type { Source } from '../../events/providerKey.ts';

type DataOf<Type> = Extract<ClientKeyEvent, { type: Type }>['data'];

export type AddClientKey = Readonly<{ type: 'AddClientKey' }> & DataOf<'ClientKeyAdded'>;

/** Another name, other terms. From the environment or a file it leaves alone what an operator set. */
export type ChangeClientKey = Readonly<{
  type: 'ChangeClientKey';
  source: Source;
  changes: ClientKeyChanges;
  nowMs: number;
}>;

/** Another key in the place of the present one. */
export type RotateClientKey = Readonly<{
  type: 'RotateClientKey';
  hash: string;
  masked: string;
  nowMs: number;
  /** So long the present key stays good; 0 ends it and all older ones at once. */
  graceMs: number;
}>;

/** A deadline may be over: the key's own, or the grace of an older one. */
export type WakeClientKey = Readonly<{ type: 'WakeClientKey'; nowMs: number }>;

/** The environment or the file no longer names this key, or names it again. */
export type LeaveSource = Readonly<{ type: 'LeaveSource'; source: Source }>;
export type ReturnToSource = Readonly<{ type: 'ReturnToSource'; source: Source }>;

export type RemoveClientKey = Readonly<{ type: 'RemoveClientKey' }>;

export type ClientKeyCommand =
  | AddClientKey
  | ChangeClientKey
  | RotateClientKey
  | WakeClientKey
  | LeaveSource
  | ReturnToSource
  | RemoveClientKey;
