/** What a listener wants to hear of. */
import type { ControlMessage } from '../../events/log.ts';
import type { RequestFinished } from '../../events/traffic.ts';

/** `kind` and `id` choose transitions; `client`, `provider` and `key` choose requests; `types` chooses among both. */
export type Filter = Readonly<{
  kind?: string;
  id?: string;
  client?: string;
  provider?: string;
  key?: string;
  /** Event types; none means all. */
  types: ReadonlySet<string>;
}>;

/** A filter of one sort leaves out what is of the other sort. */
export type Wants = Readonly<{
  /** Without a filter requests are thinned out. */
  everything: boolean;
  /** False when no request at all is wanted. */
  requests: boolean;
  transition(message: ControlMessage): boolean;
  request(event: RequestFinished): boolean;
}>;

const fits = <Value>(wanted: Value | undefined, value: Value): boolean =>
  wanted === undefined || wanted === value;

export function wantsOf({ kind, id, client, provider, key, types }: Filter): Wants {
  const choosesTransitions = kind !== undefined || id !== undefined;
  const choosesRequests = client !== undefined || provider !== undefined || key !== undefined;
  const hearsTransitions = choosesTransitions || !choosesRequests;
  const hearsRequests = choosesRequests || !choosesTransitions;
  const isWanted = (type: string) => types.size === 0 || types.has(type);

  return {
    everything: !choosesTransitions && !choosesRequests && types.size === 0,
    requests: hearsRequests && isWanted('RequestFinished'),
    transition(message) {
      if (!hearsTransitions) return false;
      const actor = message.ok ? message.event.actor : message.actor;
      const type = message.ok ? message.event.type : message.error.type;
      return (
        isWanted(type) &&
        fits<string | undefined>(kind, actor?.kind) &&
        fits<string | undefined>(id, actor?.id)
      );
    },
    request: ({ type, data }) =>
      hearsRequests &&
      isWanted(type) &&
      fits(client, data.client) &&
      fits(provider, data.provider) &&
      fits(key, data.keyId),
  };
}
