/** What can be asked of a backend. Time arrives in the command. */
import type { McpBackendEvent, McpBackendSettings } from '../../events/mcpBackend.ts';

type DataOf<Type> = Extract<McpBackendEvent, { type: Type }>['data'];

/** The configuration names it. */
export type DeclareMcpBackend = Readonly<{
  type: 'DeclareMcpBackend';
  settings: McpBackendSettings;
  /** True at the start of the gateway: an old verdict gives way to new checks. */
  isRestart: boolean;
}>;

export type ListBackendServers = Readonly<{
  type: 'ListBackendServers';
  servers: readonly string[];
}>;

/** Enough checks in a row were good. */
export type ReportBackendHealthy = Readonly<{ type: 'ReportBackendHealthy' }> &
  DataOf<'McpBackendHealthy'>;

/** Enough checks in a row were bad. */
export type ReportBackendUnhealthy = Readonly<{ type: 'ReportBackendUnhealthy' }> &
  DataOf<'McpBackendUnhealthy'>;

/** The configuration names it no more. */
export type DrainMcpBackend = Readonly<{
  type: 'DrainMcpBackend';
  sessions: number;
  nowMs: number;
}>;

/** It has no session left. */
export type EndMcpBackend = Readonly<{ type: 'EndMcpBackend' }> & DataOf<'McpBackendDrained'>;

export type McpBackendCommand =
  | DeclareMcpBackend
  | ListBackendServers
  | ReportBackendHealthy
  | ReportBackendUnhealthy
  | DrainMcpBackend
  | EndMcpBackend;
