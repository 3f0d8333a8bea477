/** Which providers are left alone now, as this process knows it. Memory only: a provider in order has no entry. */

/** When the next request may try. Epoch milliseconds. */
type Refused = Readonly<{ readyAtMs: number }>;

type Opening = Readonly<{ openedAtMs: number; untilMs: number }>;

export type Gates = Readonly<{
  /** True when a request may go to the provider. When its wait is over it goes as the probe: one at a time. */
  admits(provider: string): true | Refused;
  /** What was let through asked nobody, or left before it heard anything: another may be the probe. */
  release(provider: string): void;
  /** The provider answered something. True when that ends the opening. */
  answered(provider: string): boolean;
  /** It began to answer: the same, but a stream that breaks later is still one more fault in a row. */
  begun(provider: string): boolean;
  /** True when this fault opens the gate, or keeps it open. A silent provider let the attempt run out of time. */
  faulted(provider: string, startedAtMs: number, wasSilent: boolean): boolean;
  open(provider: string, opening: Opening): void;
  close(provider: string): void;
}>;

type Gate = {
  openedAtMs: number;
  untilMs: number;
  /** When this process learned of it: attempts that began before are no probes. */
  readonly sinceMs: number;
  probeEndsMs: number;
};

type Options = Readonly<{
  now: () => number;
  /** Faults in a row that open a gate. */
  threshold: () => number;
}>;

/** Faults further apart are not in a row: five in a day say nothing. */
const longestGapMs = 60_000;
/** A probe may be slow, or hang: after so long another one is let through beside it. */
const probeMs = 10_000;
/** Who comes while a probe is under way is told to come back soon: it may be over any moment. */
const soonMs = 1_000;

export function createGates({ now, threshold }: Options): Gates {
  const gates = new Map<string, Gate>();
  const faultsInARow = new Map<string, { count: number; lastMs: number }>();
  const closedAtMs = new Map<string, number>();

  const knock = (gate: Gate): true | Refused => {
    const nowMs = now();
    if (nowMs < gate.untilMs) return { readyAtMs: gate.untilMs };
    if (nowMs < gate.probeEndsMs) return { readyAtMs: nowMs + soonMs };
    gate.probeEndsMs = nowMs + probeMs;
    return true;
  };

  const isOver = (provider: string): boolean => {
    const gate = gates.get(provider);
    // In the middle of a wait only what was under way before is answered: half of it, perhaps.
    return gate !== undefined && now() >= gate.untilMs;
  };

  const countFault: Gates['faulted'] = (provider, startedAtMs, wasSilent) => {
    // What was under way while it was closed belongs to the outage before.
    if (startedAtMs < (closedAtMs.get(provider) ?? 0)) return false;
    const before = faultsInARow.get(provider);
    // What breaks in one moment is one fault, as when a server restarts; a further one is seen by who asked after it.
    if (before && startedAtMs < before.lastMs && !wasSilent) return false;
    const isInARow = before !== undefined && startedAtMs - before.lastMs <= longestGapMs;
    const count = (isInARow ? before.count : 0) + 1;
    faultsInARow.set(provider, { count, lastMs: now() });
    return count >= threshold();
  };

  return {
    admits(provider) {
      const gate = gates.get(provider);
      return gate === undefined || knock(gate);
    },
    release(provider) {
      const gate = gates.get(provider);
      if (gate) gate.probeEndsMs = 0;
    },
    answered(provider) {
      if (gates.size === 0 && faultsInARow.size === 0) return false;
      faultsInARow.delete(provider);
      return isOver(provider);
    },
    begun: isOver,
    faulted(provider, startedAtMs, wasSilent) {
      const gate = gates.get(provider);
      if (!gate) return countFault(provider, startedAtMs, wasSilent);
      return startedAtMs > gate.sinceMs && now() >= gate.untilMs;
    },
    open(provider, { openedAtMs, untilMs }) {
      faultsInARow.delete(provider);
      const present = gates.get(provider);
      if (present?.openedAtMs === openedAtMs) present.untilMs = untilMs;
      else gates.set(provider, { openedAtMs, untilMs, sinceMs: now(), probeEndsMs: 0 });
    },
    close(provider) {
      faultsInARow.delete(provider);
      if (gates.delete(provider)) closedAtMs.set(provider, now());
    },
  };
}
