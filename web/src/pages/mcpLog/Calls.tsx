/** Calls of tools: those that were, and each new one as it ends. */
import { A, useSearchParams } from '@solidjs/router';
import { createEffect, createMemo, createSignal, on, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Select } from '../../design/Field.tsx';
import { bytes, duration } from '../../design/format.ts';
import { Table, type Column } from '../../design/Table.tsx';
import { Clock } from '../../design/Time.tsx';
import { tell } from '../../design/Toasts.tsx';
import { ask } from '../../live/ask.ts';
import { callsOf } from '../../live/mcpCommands.ts';
import { actorsOf } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';
import type { ToolCall } from '../../live/world.ts';
import { CallDetails } from './CallDetails.tsx';
import { fits, merged, toneOfCall, wordOfCall } from './callRows.ts';

type Params = { q?: string; server?: string; tool?: string; outcome?: string; call?: string };

const outcomes = [
  { value: '', text: 'Every result' },
  { value: 'completed', text: 'Completed' },
  { value: 'error', text: 'Tool failed' },
  { value: 'failed', text: 'Failed' },
  { value: 'truncated', text: 'Truncated' },
  { value: 'cancelled', text: 'Cancelled' },
];

const columns: readonly Column<ToolCall>[] = [
  {
    name: 'time',
    title: 'Ended',
    width: '76px',
    cell: (call) => <Clock ms={Date.parse(call().time)} />,
  },
  {
    name: 'outcome',
    title: 'Result',
    width: '118px',
    cell: (call) => <Badge status={wordOfCall(call())} tone={toneOfCall(call())} />,
  },
  {
    name: 'tool',
    title: 'Tool',
    width: 'minmax(140px, 1.4fr)',
    cell: (call) => <span class="mono">{call().tool}</span>,
  },
  {
    name: 'server',
    title: 'Server',
    width: 'minmax(100px, 1fr)',
    cell: (call) => <A href={`/mcp/servers/${call().server}`}>{call().server}</A>,
  },
  {
    name: 'client',
    title: 'Client',
    width: 'minmax(90px, 0.8fr)',
    cell: (call) => (
      <span classList={{ faint: call().client === null }}>{call().client ?? 'none'}</span>
    ),
  },
  {
    name: 'via',
    title: 'Via',
    width: '96px',
    cell: (call) => (
      <span class="muted">
        {call().via}
        {call().via === 'mcp' ? ` ${call().era}` : ''}
      </span>
    ),
  },
  {
    name: 'duration',
    title: 'Took',
    width: '74px',
    right: true,
    sortBy: ({ duration_ms: ms }) => ms,
    cell: (call) => <span class="num">{duration(call().duration_ms)}</span>,
  },
  {
    name: 'bytes',
    title: 'Answer',
    width: '74px',
    right: true,
    sortBy: ({ response_bytes: size }) => size,
    cell: (call) => <span class="num">{bytes(call().response_bytes)}</span>,
  },
  {
    name: 'error',
    title: 'What went wrong',
    width: 'minmax(140px, 1.8fr)',
    cell: (call) => (
      <span title={call().error ?? ''} classList={{ faint: call().error === null }}>
        {call().error ?? (call().cached ? 'from the cache' : '–')}
      </span>
    ),
  },
];

export function Calls(): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const filter = createMemo(() => ({
    text: params.q ?? '',
    server: params.server ?? '',
    tool: params.tool ?? '',
    outcome: params.outcome ?? '',
  }));
  const set = (name: keyof Params) => (value: string) =>
    setParams({ [name]: value === '' ? null : value }, { replace: true });
  const question = createMemo(() => JSON.stringify({ ...filter(), text: '' }));
  const questionOf = () => {
    const { server, tool, outcome } = filter();
    return {
      ...(server !== '' && { server }),
      ...(tool !== '' && { tool }),
      ...(outcome !== '' && { outcome }),
    };
  };
  const first = ask(question, () => callsOf(questionOf()));
  const [older, setOlder] = createSignal<readonly ToolCall[]>([]);
  const [next, setNext] = createSignal<number | null>();
  const [held, setHeld] = createSignal<readonly ToolCall[]>();
  createEffect(
    on(question, () => {
      setOlder([]);
      setNext(undefined);
      setHeld(undefined);
    }),
  );
  const after = () => (next() === undefined ? (first.value()?.next ?? null) : (next() ?? null));
  const more = async (from: number) => {
    const page = await callsOf(questionOf(), from);
    setOlder((before) => [...before, ...page.data]);
    setNext(page.next);
  };
  const now = createMemo(() =>
    merged(world()?.calls ?? [], first.value()?.data ?? [], older()).filter((call) =>
      fits(call, filter()),
    ),
  );
  const rows = () => held() ?? now();
  const servers = createMemo(() => [
    { value: '', text: 'All servers' },
    ...actorsOf('mcp-server').map(({ id, context }) => ({ value: id, text: context.name || id })),
  ]);
  const tools = createMemo(() => {
    const known = new Set(now().map(({ tool }) => tool));
    if (params.tool) known.add(params.tool);
    return [
      { value: '', text: 'All tools' },
      ...[...known].toSorted().map((name) => ({ value: name, text: name })),
    ];
  });
  const isFiltered = () => Object.values(filter()).some((value) => value !== '');
  const hrefOf = ({ id }: ToolCall) => {
    const kept = new URLSearchParams(location.search);
    kept.set('call', id);
    return `/mcp/log?${kept}`;
  };

  return (
    <>
      <div class="row wrap">
        <Search label="Search calls" value={filter().text} onInput={set('q')} />
        <Select
          label="Server"
          value={filter().server}
          options={servers()}
          onInput={set('server')}
        />
        <Select label="Tool" value={filter().tool} options={tools()} onInput={set('tool')} />
        <Select
          label="Result"
          value={filter().outcome}
          options={outcomes}
          onInput={set('outcome')}
        />
        <span class="grow" />
        <Button
          icon={held() ? 'play' : 'pause'}
          aria-pressed={held() !== undefined}
          onClick={() => setHeld(held() ? undefined : now())}
        >
          {held() ? 'Go on' : 'Hold'}
        </Button>
        <Show when={after()}>
          {(from) => (
            <Button onClick={() => void tell(more(from()), 'Older calls are below')}>Older</Button>
          )}
        </Show>
      </div>
      <Table
        label="Calls of tools"
        rows={rows()}
        idOf={({ id }) => id}
        columns={columns}
        hrefOf={hrefOf}
        empty={
          <Show
            when={first.value()}
            fallback={
              <Empty title={first.fault() ? 'The calls cannot be read' : 'Loading'}>
                {first.fault() ?? 'The calls are being read.'}
              </Empty>
            }
          >
            {isFiltered() ? (
              <Empty
                title="No call fits"
                action={
                  <Button
                    onClick={() => setParams({ q: null, server: null, tool: null, outcome: null })}
                  >
                    Show all calls
                  </Button>
                }
              >
                None of the calls that were read fits this search.
              </Empty>
            ) : (
              <Empty
                title="No call yet"
                action={
                  <A class="button primary" href="/mcp/tools">
                    Open the tool explorer
                  </A>
                }
              >
                Each call of a tool appears here as it ends. Run one, or connect a client to /mcp.
              </Empty>
            )}
          </Show>
        }
      />
      <Show keyed when={params.call}>
        {(id) => (
          <CallDetails
            id={id}
            known={now().find((call) => call.id === id)}
            onClose={() => setParams({ call: null })}
          />
        )}
      </Show>
    </>
  );
}
