/** A client key, as its facts make it. */
import type { Data, Fold } from './step.ts';

type Retiring = Readonly<{ hash: string; masked: string; until_ms: number }>;

export type ClientKeyContext = Readonly<{
  client_id: string;
  name: string;
  hash: string;
  masked: string;
  scopes: readonly string[];
  source: string;
  created_at_ms: number;
  models: readonly string[] | null;
  allowed_tools: readonly string[] | null;
  expires_at_ms: number | null;
  requests_per_minute: number | null;
  burst: number | null;
  max_concurrent: number | null;
  record_bodies: boolean;
  set_by_operator: readonly string[];
  retiring: readonly Retiring[];
  rotated_at_ms: number | null;
}>;

export const unknownClientKey: ClientKeyContext = {
  client_id: '',
  name: '',
  hash: '',
  masked: '',
  scopes: [],
  source: 'api',
  created_at_ms: 0,
  models: null,
  allowed_tools: null,
  expires_at_ms: null,
  requests_per_minute: null,
  burst: null,
  max_concurrent: null,
  record_bodies: false,
  set_by_operator: [],
  retiring: [],
  rotated_at_ms: null,
};

const camelCase = (name: string) =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function changed(context: ClientKeyContext, data: Data): ClientKeyContext {
  const changes = data['changes'] as Data;
  if (data['source'] !== 'api' || context.source === 'api') return { ...context, ...changes };
  const names = Object.keys(changes).map(camelCase);
  const set_by_operator = [...new Set([...context.set_by_operator, ...names])];
  return { ...context, ...changes, set_by_operator };
}

function rotated(context: ClientKeyContext, data: Data): ClientKeyContext {
  const until = data['grace_until_ms'] as number | null;
  const { hash, masked } = context;
  return {
    ...context,
    hash: data['hash'] as string,
    masked: data['masked'] as string,
    rotated_at_ms: data['rotated_at_ms'] as number,
    retiring: until === null ? [] : [...context.retiring, { hash, masked, until_ms: until }],
  };
}

export const foldClientKey: Fold<ClientKeyContext> = ({ status, context }, type, data) => {
  const isThere = status !== 'unknown' && status !== 'removed';
  if (isThere === (type === 'ClientKeyAdded')) return undefined;
  switch (type) {
    case 'ClientKeyAdded':
      return { status: 'active', context: { ...unknownClientKey, ...data } };
    case 'ClientKeyChanged': {
      const isExtended =
        status === 'expired' && (data['changes'] as Data)['expires_at_ms'] !== undefined;
      return { status: isExtended ? 'active' : status, context: changed(context, data) };
    }
    case 'ClientKeyRotated':
      return status === 'expired' ? undefined : { status, context: rotated(context, data) };
    case 'ClientKeyGraceEnded':
      return {
        status,
        context: {
          ...context,
          retiring: context.retiring.filter(({ hash }) => hash !== data['hash']),
        },
      };
    case 'ClientKeyExpired':
      return status === 'active' ? { status: 'expired', context } : undefined;
    case 'ClientKeyLeftSource':
      return status === 'left' ? undefined : { status: 'left', context };
    case 'ClientKeyReturned':
      return status === 'left' ? { status: 'active', context } : undefined;
    case 'ClientKeyRemoved':
      return { status: 'removed', context: { ...context, retiring: [] } };
    default:
      return undefined;
  }
};
