/** A provider and its breaker, as their facts make them. */
import type { Fold } from './step.ts';

export type ProviderContext = Readonly<{
  name: string;
  dialect: string;
  base_url: string;
  auth: string;
  source: string;
  created_at_ms: number;
  last_rest: Readonly<{
    until_ms: number;
    rule_id: string;
    reason: string;
    strikes: number;
  }> | null;
}>;

export const unknownProvider: ProviderContext = {
  name: '',
  dialect: 'openai',
  base_url: '',
  auth: 'bearer',
  source: 'api',
  created_at_ms: 0,
  last_rest: null,
};

export const foldProvider: Fold<ProviderContext> = ({ status, context }, type, data) => {
  const isThere = status === 'active' || status === 'resting';
  if (isThere === (type === 'ProviderAdded')) return undefined;
  switch (type) {
    case 'ProviderAdded':
      return { status: 'active', context: { ...context, ...data } };
    case 'ProviderChanged':
      return { status, context: { ...context, ...data } };
    case 'ProviderRested': {
      const last_rest = data as ProviderContext['last_rest'];
      return { status: 'resting', context: { ...context, last_rest } };
    }
    case 'ProviderRecovered': {
      if (status !== 'resting') return undefined;
      const last_rest = data['cause'] === 'operator' ? null : context.last_rest;
      return { status: 'active', context: { ...context, last_rest } };
    }
    case 'ProviderRemoved':
      return { status: 'removed', context: { ...context, last_rest: null } };
    default:
      return undefined;
  }
};

export type BreakerContext = Readonly<{
  opening: Readonly<{
    opened_at_ms: number;
    until_ms: number;
    rule_id: string;
    reason: string;
    openings: number;
  }> | null;
  closed_at_ms: number | null;
}>;

export const unknownBreaker: BreakerContext = { opening: null, closed_at_ms: null };

export const foldBreaker: Fold<BreakerContext> = ({ status, context }, type, data) => {
  switch (type) {
    case 'BreakerOpened':
      return {
        status: 'open',
        context: { ...context, opening: data as BreakerContext['opening'] },
      };
    case 'BreakerHalfOpened':
      return status === 'open' ? { status: 'half-open', context } : undefined;
    case 'BreakerClosed': {
      if (status === 'closed') return undefined;
      const opening = data['cause'] === 'probe' ? context.opening : null;
      const closed_at_ms = data['closed_at_ms'] as number;
      return { status: 'closed', context: { opening, closed_at_ms } };
    }
    default:
      return undefined;
  }
};
