/** What can be asked of a client key. */
import type { ClientKeyEvent } from '../../events/clientKey.ts';
import type { Source } from '../../events/providerKey.ts';

export type AddClientKey = Readonly<{ type: 'AddClientKey' }> &
  Extract<ClientKeyEvent, { type: 'ClientKeyAdded' }>['data'];

/** The environment or the file no longer names this key, or names it again. */
export type LeaveSource = Readonly<{ type: 'LeaveSource'; source: Source }>;
export type ReturnToSource = Readonly<{ type: 'ReturnToSource'; source: Source }>;

export type RemoveClientKey = Readonly<{ type: 'RemoveClientKey' }>;

export type ClientKeyCommand = AddClientKey | LeaveSource | ReturnToSource | RemoveClientKey;
