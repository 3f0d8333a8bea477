/** A server's form as texts, and what it means. */
import type { ChangedServer, mcpServers, NewServer } from '../../live/mcpCommands.ts';

export type Draft = Readonly<{
  name: string;
  way: 'http' | 'sse' | 'stdio';
  url: string;
  headers: string;
  command: string;
  args: string;
  env: string;
  cwd: string;
  timeoutS: string;
  cacheS: string;
}>;

export const emptyDraft: Draft = {
  name: '',
  way: 'http',
  url: '',
  headers: '',
  command: '',
  args: '',
  env: '',
  cwd: '',
  timeoutS: '',
  cacheS: '',
};

type Shown = Awaited<ReturnType<typeof mcpServers.one>>;

/** Stands for what is kept and not shown. */
export const keptMark = '•••••';

const textOf = (value: string | null): string => value ?? keptMark;

export function draftOf(shown: Shown): Draft {
  const lines = (values: Shown['env'], mark: string) =>
    values.map(({ name, value }) => `${name}${mark}${textOf(value)}`).join('\n');
  return {
    name: shown.name,
    way: shown.transport === 'built-in' ? 'http' : shown.transport,
    url: shown.url ?? '',
    headers: lines(shown.headers, ': '),
    command: shown.command ?? '',
    args: shown.args.map(textOf).join('\n'),
    env: lines(shown.env, '='),
    cwd: shown.cwd ?? '',
    timeoutS: shown.timeout_ms === null ? '' : String(shown.timeout_ms / 1_000),
    cacheS: shown.cache_seconds === null ? '' : String(shown.cache_seconds),
  };
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const valueOf = (text: string): string | null => (text === keptMark ? null : text);

/** @throws for a line without `mark`. */
function pairsOf(text: string, mark: string, what: string): Record<string, string | null> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const at = line.indexOf(mark);
      if (at < 1) throw new Error(`Write each ${what} as name${mark === ':' ? ': ' : mark}value.`);
      return [line.slice(0, at).trim(), valueOf(line.slice(at + 1).trim())];
    }),
  );
}

/** Fields of the form that are not there stay as they were. */
function keptOf(shown: Shown) {
  const { max_timeout_ms: mostMs, max_concurrent: concurrent, tool_settings: tools } = shown;
  return {
    enabled: shown.status === 'enabled',
    stateless: shown.stateless,
    prefix: shown.prefix,
    disabled_tools: shown.disabled_tools,
    ...(mostMs !== null && { max_timeout_ms: mostMs }),
    ...(concurrent !== null && { max_concurrent: concurrent }),
    tool_settings: Object.fromEntries(
      tools.map(({ name, ...times }) => [
        name,
        Object.fromEntries(Object.entries(times).filter(([, value]) => value !== null)),
      ]),
    ),
  };
}

/** @throws for what cannot be read. */
export function bodyOf(draft: Draft, shown?: Shown): ChangedServer {
  const { way, timeoutS, cacheS } = draft;
  const cwd = draft.cwd.trim();
  const how =
    way === 'stdio'
      ? {
          command: draft.command.trim(),
          args: linesOf(draft.args).map(valueOf),
          env: pairsOf(draft.env, '=', 'variable'),
          ...(cwd !== '' && { cwd }),
        }
      : { url: draft.url.trim(), headers: pairsOf(draft.headers, ':', 'header') };
  return {
    transport: way,
    ...how,
    ...(timeoutS !== '' && { timeout_ms: Math.round(Number(timeoutS) * 1_000) }),
    ...(cacheS !== '' && { cache_seconds: Number(cacheS) }),
    ...(shown && keptOf(shown)),
  };
}

/** A new one has nothing that is kept. @throws for what cannot be read. */
export function newBodyOf(draft: Draft): NewServer {
  return { name: draft.name.trim(), ...bodyOf(draft) } as NewServer;
}
