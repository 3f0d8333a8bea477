/** JSON-RPC messages as MCP sends them. What is inside `params` and `result` is nobody's business here. */

export type RpcId = string | number;
export type Json = Readonly<Record<string, unknown>>;

export type RpcRequest = Readonly<{ jsonrpc: '2.0'; id: RpcId; method: string; params?: Json }>;
export type RpcNotification = Readonly<{ jsonrpc: '2.0'; method: string; params?: Json }>;
export type RpcError = Readonly<{ code: number; message: string; data?: unknown }>;
export type RpcResponse = Readonly<
  { jsonrpc: '2.0'; id: RpcId } & ({ result: Json } | { error: RpcError })
>;
export type RpcMessage = RpcRequest | RpcNotification | RpcResponse;

/** How a request was answered. */
export type RpcAnswer = Readonly<{ result: Json } | { error: RpcError }>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isId = (value: unknown): value is RpcId =>
  typeof value === 'string' || typeof value === 'number';

/** The message, or undefined where the value is none. Only the envelope is looked at. */
export function messageOf(value: unknown): RpcMessage | undefined {
  if (!isObject(value) || value['jsonrpc'] !== '2.0') return undefined;
  const { id, method, params, error } = value;
  const isWhole =
    typeof method === 'string'
      ? (id === undefined || isId(id)) && (params === undefined || isObject(params))
      : isId(id) && (isObject(value['result']) || isObject(error));
  // The shape was looked at; what it holds stays as it came.
  return isWhole ? (value as unknown as RpcMessage) : undefined;
}

export const isRequest = (message: RpcMessage): message is RpcRequest =>
  'method' in message && 'id' in message;
export const isResponse = (message: RpcMessage): message is RpcResponse => !('method' in message);

export const methodNotFound = -32601;
export const invalidParams = -32602;
export const internalError = -32603;
/** Codes of MCP's own and of its SDKs. */
export const requestTimedOut = -32001;
export const connectionClosed = -32000;

export const failed = (code: number, message: string, data?: unknown): RpcAnswer => ({
  error: { code, message, ...(data !== undefined && { data }) },
});

/** The `_meta` of params or of a result; empty where there is none. */
export const metaOf = (params: Json | undefined): Json => {
  const meta = params?.['_meta'];
  return isObject(meta) ? meta : {};
};

export const withMeta = (params: Json | undefined, meta: Json): Json => ({
  ...params,
  _meta: meta,
});
