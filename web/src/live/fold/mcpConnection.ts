/** A connection to an MCP server, and a backend of the pool, as their facts make them. */
import { omit, type Fold } from './step.ts';

export type McpConnectionContext = Readonly<{
  server: string;
  gateway: string;
  transport: string;
  command: string | null;
  dials: number;
  failures: number;
  losses: number;
  reason: string | null;
  retry_at_ms: number | null;
  era: string | null;
  protocol_version: string | null;
  dialled_at_ms: number | null;
  ready_at_ms: number | null;
}>;

export const unknownMcpConnection: McpConnectionContext = {
  server: '',
  gateway: '',
  transport: 'stdio',
  command: null,
  dials: 0,
  failures: 0,
  losses: 0,
  reason: null,
  retry_at_ms: null,
  era: null,
  protocol_version: null,
  dialled_at_ms: null,
  ready_at_ms: null,
};

const closed = { failures: 0, losses: 0, reason: null, retry_at_ms: null, ready_at_ms: null };

export const foldMcpConnection: Fold<McpConnectionContext> = (before, type, data) => {
  const { status, context } = before;
  const isConnecting = status === 'connecting';
  switch (type) {
    case 'McpConnectionDialled': {
      const { cause, ...dialled } = data;
      const isRetry = cause === 'retry';
      return {
        status: 'connecting',
        context: {
          ...context,
          ...dialled,
          dials: context.dials + 1,
          failures: isRetry ? context.failures : 0,
          losses: isRetry ? context.losses : 0,
          retry_at_ms: null,
          ready_at_ms: null,
        },
      };
    }
    case 'McpConnectionReady':
      if (!isConnecting) return undefined;
      return { status: 'ready', context: { ...context, ...data, failures: 0, reason: null } };
    case 'McpConnectionFailed':
      if (!isConnecting) return undefined;
      return {
        status: data['retry_at_ms'] === null ? 'failed' : 'backoff',
        context: { ...context, ...data, ready_at_ms: null },
      };
    case 'McpConnectionLost': {
      if (status !== 'ready') return undefined;
      const losses = data['failures'] as number;
      return {
        status: 'backoff',
        context: { ...context, ...data, failures: 1, losses, ready_at_ms: null },
      };
    }
    case 'McpConnectionNeedsAuth':
      if (!isConnecting && status !== 'ready') return undefined;
      return {
        status: 'needsAuth',
        context: { ...context, reason: data['reason'] as string, ready_at_ms: null },
      };
    case 'McpConnectionClosed':
      if (status === 'disabled') return undefined;
      return { status: 'disabled', context: { ...context, ...closed } };
    default:
      return undefined;
  }
};

export type McpBackendContext = Readonly<{
  settings: Readonly<{
    backend: string;
    gateway: string;
    url: string;
    weight: number;
    health_path: string;
    timeout_ms: number;
    source: string;
  }> | null;
  servers: readonly string[] | null;
  reason: string | null;
  draining_at_ms: number | null;
}>;

export const unknownMcpBackend: McpBackendContext = {
  settings: null,
  servers: null,
  reason: null,
  draining_at_ms: null,
};

export const foldMcpBackend: Fold<McpBackendContext> = ({ status, context }, type, data) => {
  const isNamed = status !== 'unknown' && status !== 'draining' && status !== 'gone';
  if (type === 'McpBackendDeclared') {
    const settings = omit(data, ['cause']) as NonNullable<McpBackendContext['settings']>;
    const servers = settings.url === context.settings?.url ? context.servers : null;
    return { status: 'untested', context: { ...unknownMcpBackend, settings, servers } };
  }
  if (type === 'McpBackendDrained') {
    return status === 'draining' ? { status: 'gone', context } : undefined;
  }
  if (!isNamed) return undefined;
  switch (type) {
    case 'McpBackendServersListed':
      return { status, context: { ...context, servers: data['servers'] as readonly string[] } };
    case 'McpBackendHealthy':
      if (status === 'healthy') return undefined;
      return { status: 'healthy', context: { ...context, reason: null } };
    case 'McpBackendUnhealthy':
      if (status === 'unhealthy') return undefined;
      return { status: 'unhealthy', context: { ...context, reason: data['reason'] as string } };
    case 'McpBackendDraining': {
      const reason = 'the configuration names it no more';
      const draining_at_ms = data['draining_at_ms'] as number;
      return { status: 'draining', context: { ...context, reason, draining_at_ms } };
    }
    default:
      return undefined;
  }
};
