/** What can be asked of a connection. Time and chance arrive in the command. */
import type { McpDialCause, McpHangUpCause } from '../../events/mcpConnection.ts';
import type { McpEra, McpTransport } from '../../events/mcpServer.ts';

/** What is dialled, by which gateway. */
export type Line = Readonly<{
  server: string;
  gateway: string;
  transport: McpTransport;
  command: string | null;
}>;

/** Opens it, or opens it anew; failures before count no more. */
export type DialMcpServer = Readonly<{
  type: 'DialMcpServer';
  cause: McpDialCause;
  line: Line;
  nowMs: number;
}>;

/** `dial` says of which of its dials this is the outcome: one that is over changes nothing. */
export type ReportReady = Readonly<{
  type: 'ReportReady';
  dial: number;
  era: McpEra;
  protocolVersion: string;
  nowMs: number;
}>;

/** It could not be opened, or was lost. */
export type ReportFailure = Readonly<{
  type: 'ReportFailure';
  dial: number;
  reason: string;
  /** True when another try cannot end otherwise. */
  isFinal: boolean;
  nowMs: number;
  /** 0 to 1. */
  jitter: number;
}>;

export type ReportNeedsAuth = Readonly<{ type: 'ReportNeedsAuth'; dial: number; reason: string }>;

/** The next try is due. */
export type WakeMcpConnection = Readonly<{ type: 'WakeMcpConnection'; nowMs: number }>;

export type HangUp = Readonly<{ type: 'HangUp'; cause: McpHangUpCause }>;

/** The line is as the state has it: nothing is left to be reported. */
export type SettleLine = Readonly<{ type: 'SettleLine' }>;

export type McpConnectionCommand =
  | DialMcpServer
  | ReportReady
  | ReportFailure
  | ReportNeedsAuth
  | WakeMcpConnection
  | HangUp
  | SettleLine;
