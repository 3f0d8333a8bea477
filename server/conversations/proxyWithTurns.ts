/** The proxy, for requests that belong to a conversation too; all others do not notice. */
import type { Recorder } from '../../events/recorder.ts';
import { createProxy, type Proxy, type ProxyDeps } from '../proxy/proxy.ts';
import { withoutWords } from './asking.ts';
import { conversationHeader, type ProxiedTurns } from './proxiedTurns.ts';

/** @param plain what all other requests go through. */
export function withTurns(plain: Proxy, deps: ProxyDeps, turns: ProxiedTurns): Proxy {
  const recorder: Recorder = {
    ...deps.recorder,
    record(event) {
      const isTurn = event.type === 'RequestFinished' && turns.finished(event);
      deps.recorder.record(isTurn ? withoutWords(event) : event);
    },
  };
  const recorded = createProxy({ ...deps, recorder, turns });
  return (request, onSlow, tunnel) =>
    request.headers.get(conversationHeader) === null
      ? plain(request, onSlow, tunnel)
      : recorded(request, onSlow, tunnel);
}
