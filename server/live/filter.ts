/** What a listener wants to hear of. */
import type { ControlMessage } from '../../events/log.ts';
import type { RequestFinished, ToolCalled, TrafficEvent } from '../../events/traffic.ts';

/** Traffic that is shown one by one. */
export type Shown = RequestFinished | ToolCalled;

/**
 * `kind` and `id` choose transitions; `client`, `provider` and `key` choose requests; `client`, `server` and `tool`
 * calls of tools; `types` chooses among all.
 */
export type Filter = Readonly<{
  kind?: string;
  id?: string;
  client?: string;
  provider?: string;
  key?: string;
  server?: string;
  tool?: string;
  /** Event types; none means all. */
  types: ReadonlySet<string>;
}>;

/** A filter of one sort leaves out what is of the other sort. */
export type Wants = Readonly<{
  /** Without a filter traffic is thinned out. */
  everything: boolean;
  /** False when no traffic at all is wanted. */
  anyTraffic: boolean;
  transition(message: ControlMessage): boolean;
  traffic(event: TrafficEvent): event is Shown;
}>;

const fits = <Value>(wanted: Value | undefined, value: Value): boolean =>
  wanted === undefined || wanted === value;

const isAnyGiven = (...wanted: readonly unknown[]): boolean =>
  wanted.some((one) => one !== undefined);

export function wantsOf(filter: Filter): Wants {
  const { kind, id, client, provider, key, server, tool, types } = filter;
  const choosesTransitions = isAnyGiven(kind, id);
  const choosesRequests = isAnyGiven(provider, key);
  const choosesCalls = isAnyGiven(server, tool);
  const choosesTraffic = choosesRequests || choosesCalls || client !== undefined;
  const isWanted = (type: string) => types.size === 0 || types.has(type);
  const hearsTransitions = choosesTransitions || !choosesTraffic;
  const hearsTraffic = choosesTraffic || !choosesTransitions;
  const hearsRequests =
    hearsTraffic && (choosesRequests || !choosesCalls) && isWanted('RequestFinished');
  const hearsCalls = hearsTraffic && (choosesCalls || !choosesRequests) && isWanted('ToolCalled');

  const wantsRequest = ({ data }: RequestFinished) =>
    hearsRequests &&
    fits(client, data.client) &&
    fits(provider, data.provider) &&
    fits(key, data.keyId);
  const wantsCall = ({ data }: ToolCalled) =>
    hearsCalls && fits(client, data.client) && fits(server, data.server) && fits(tool, data.tool);

  return {
    everything: !choosesTransitions && !choosesTraffic && types.size === 0,
    anyTraffic: hearsRequests || hearsCalls,
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
    traffic: (event): event is Shown =>
      (event.type === 'RequestFinished' && wantsRequest(event)) ||
      (event.type === 'ToolCalled' && wantsCall(event)),
  };
}
