/**
 * The gateway's MCP server `claude-api-gateway` on stdin and stdout, for clients that start programs. It asks the
 * running gateway at SIGNALBOX_URL with the client key SIGNALBOX_CLIENT_KEY.
 */
import { builtInName } from '../server/mcp/builtIn/name.ts';
import { createRelay } from '../server/mcp/builtIn/relay.ts';
import { failed, messageOf, type RpcMessage } from '../server/mcp/rpc/message.ts';
import { httpLink } from '../server/mcp/upstream/http.ts';
import { createLines } from '../server/mcp/upstream/lines.ts';

const mostLineChars = 64 * 1024 * 1024;
const parseError = -32700;
/** A client that ended the input waits no longer for an answer. */
const lastAnswersMs = 60_000;

const { SIGNALBOX_URL, SIGNALBOX_CLIENT_KEY: key, PORT, MCP_PATH_PREFIX: prefix } = Bun.env;
const origin = (SIGNALBOX_URL || `http://127.0.0.1:${PORT || '8080'}`).replace(/\/+$/, '');
if (!URL.canParse(origin)) {
  console.error('SIGNALBOX_URL is no address; name the gateway, as in http://127.0.0.1:8080');
  process.exit(1);
}
const url = new URL(`${origin}${prefix ? `/${prefix}` : ''}/mcp/${builtInName}`);
const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};

const tell = (error: unknown, about: string) =>
  console.error(`${about}: ${error instanceof Error ? error.message : String(error)}`);

const print = (text: string) =>
  new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
const write = (message: RpcMessage) => print(`${JSON.stringify(message)}\n`);
const relay = createRelay({
  url: origin,
  link: () => httpLink({ url, headers, dial: fetch, onError: tell }),
  write,
  onError: tell,
});

const lines = createLines(mostLineChars, (line) => {
  let message: RpcMessage | undefined;
  try {
    message = messageOf(JSON.parse(line));
  } catch {
    // Told below.
  }
  if (message) return relay.receive(message);
  const { error } = failed(parseError, 'a line is no JSON-RPC message') as { error: object };
  void print(`${JSON.stringify({ jsonrpc: '2.0', id: null, error })}\n`);
});

const stop = async () => {
  await relay.stop();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());

const decoder = new TextDecoder();
for await (const chunk of Bun.stdin.stream()) lines.take(decoder.decode(chunk, { stream: true }));
// Whoever pipes requests in has asked all that there is: the last line may lack its end, and is answered all the same.
lines.take('\n');
await Promise.race([relay.idle(), Bun.sleep(lastAnswersMs)]);
await print('');
await stop();
