/** Looks after every backend at regular times, and tells its actor once enough looks in a row say the same. */
import type { McpBackendCommand } from '../../../actors/mcpBackend/commands.ts';
import type { Dial } from '../upstream/http.ts';
import { faultOf, serversOf } from './ask.ts';
import type { Member, Members } from './members.ts';
import type { Balancer } from './written.ts';

export type Watch = Readonly<{
  /** From now on, beginning at once. */
  begin(member: Member): void;
  end(member: Member): void;
  stop(): void;
}>;

type Options = Readonly<{
  members: Members;
  balancer: () => Balancer;
  tell: (member: Member, matter: string, command: McpBackendCommand) => void;
  dial: Dial;
  now: () => number;
}>;

type Watched = { readonly ended: AbortController; timer?: ReturnType<typeof setTimeout> };

export function createWatch({ members, balancer, tell, dial, now }: Options): Watch {
  const watched = new Map<Member, Watched>();

  const loop = async (member: Member, { ended }: Watched) => {
    let successes = 0;
    let failures = 0;
    for (;;) {
      const { checkTimeoutMs: timeoutMs, unhealthyAfter, healthyAfter } = balancer();
      const asked = { backend: member.backend, timeoutMs, dial, signal: ended.signal };
      const fault = await faultOf(asked);
      if (ended.signal.aborted) return;
      const checkedAtMs = now();
      member.checkedAtMs = checkedAtMs;
      const value = members.stateOf(member)?.value;
      successes = fault === null ? successes + 1 : 0;
      failures = fault === null ? 0 : failures + 1;
      if (fault === null) {
        // Of one that was never in doubt the first word is enough.
        const isSettled =
          value === 'untested' || (value === 'unhealthy' && successes >= healthyAfter);
        const command = { type: 'ReportBackendHealthy', successes, checkedAtMs } as const;
        if (isSettled) tell(member, 'health', command);
        const servers = await serversOf(asked);
        if (ended.signal.aborted) return;
        if (servers) tell(member, 'servers', { type: 'ListBackendServers', servers });
      } else if (failures >= unhealthyAfter && value !== 'unhealthy') {
        const reason = fault;
        tell(member, 'health', { type: 'ReportBackendUnhealthy', reason, failures, checkedAtMs });
      }
      await pause(member);
      if (ended.signal.aborted) return;
    }
  };

  const pause = (member: Member): Promise<void> =>
    new Promise((resolve) => {
      const entry = watched.get(member);
      if (!entry) return resolve();
      entry.timer = setTimeout(resolve, balancer().checkEveryMs);
    });

  const end = (member: Member) => {
    const entry = watched.get(member);
    watched.delete(member);
    clearTimeout(entry?.timer);
    entry?.ended.abort(new Error('it is not watched any more'));
  };

  return {
    begin(member) {
      if (watched.has(member)) return;
      const entry: Watched = { ended: new AbortController() };
      watched.set(member, entry);
      void loop(member, entry);
    },
    end,
    stop() {
      for (const member of watched.keys()) end(member);
    },
  };
}
