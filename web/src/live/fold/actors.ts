/** Every kind of actor that the console follows, each with its fold. */
import { foldClientKey, unknownClientKey, type ClientKeyContext } from './clientKey.ts';
import {
  foldMcpBackend,
  foldMcpConnection,
  unknownMcpBackend,
  unknownMcpConnection,
  type McpBackendContext,
  type McpConnectionContext,
} from './mcpConnection.ts';
import { foldMcpServer, unknownMcpServer, type McpServerContext } from './mcpServer.ts';
import {
  foldModelRoute,
  foldSetting,
  unknownModelRoute,
  unknownSetting,
  type ModelRouteContext,
  type SettingContext,
} from './modelRoute.ts';
import {
  foldBreaker,
  foldProvider,
  unknownBreaker,
  unknownProvider,
  type BreakerContext,
  type ProviderContext,
} from './provider.ts';
import { foldProviderKey, unknownProviderKey, type ProviderKeyContext } from './providerKey.ts';
import type { Fold } from './step.ts';

export type Contexts = {
  provider: ProviderContext;
  'provider-key': ProviderKeyContext;
  breaker: BreakerContext;
  'client-key': ClientKeyContext;
  'model-route': ModelRouteContext;
  setting: SettingContext;
  'mcp-server': McpServerContext;
  'mcp-connection': McpConnectionContext;
  'mcp-backend': McpBackendContext;
};
export type Kind = keyof Contexts;

export type Actor<Of extends Kind = Kind> = Readonly<{
  kind: Of;
  id: string;
  /** Of its newest event. */
  sequence: number;
  status: string;
  context: Contexts[Of];
}>;

type Row<Context> = Readonly<{ status: string; context: Context; fold: Fold<Context> }>;

/** What an actor is before its first event, and how facts change it. */
export const folds: { readonly [Of in Kind]: Row<Contexts[Of]> } = {
  provider: { status: 'unknown', context: unknownProvider, fold: foldProvider },
  'provider-key': { status: 'unknown', context: unknownProviderKey, fold: foldProviderKey },
  breaker: { status: 'closed', context: unknownBreaker, fold: foldBreaker },
  'client-key': { status: 'unknown', context: unknownClientKey, fold: foldClientKey },
  'model-route': { status: 'unknown', context: unknownModelRoute, fold: foldModelRoute },
  setting: { status: 'unset', context: unknownSetting, fold: foldSetting },
  'mcp-server': { status: 'unknown', context: unknownMcpServer, fold: foldMcpServer },
  'mcp-connection': { status: 'idle', context: unknownMcpConnection, fold: foldMcpConnection },
  'mcp-backend': { status: 'unknown', context: unknownMcpBackend, fold: foldMcpBackend },
};

export const isKind = (kind: string): kind is Kind => Object.hasOwn(folds, kind);
