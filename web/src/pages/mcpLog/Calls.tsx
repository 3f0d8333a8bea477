/** Calls of tools: those that were, and each new one as it ends. */
import { A } from '@solidjs/router';
import { createEffect, createMemo, createSignal, on, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Select } from '../../design/Field.tsx';
import { Table } from '../../design/Table.tsx';
import { tell } from '../../design/Toasts.tsx';
import { ask } from '../../live/ask.ts';
import { callsOf } from '../../live/mcpCommands.ts';
import { choicesOf } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';
import type { ToolCall } from '../../live/world.ts';
import { useFilters } from '../../shell/address.ts';
import { CallDetails } from './CallDetails.tsx';
import { columns } from './callColumns.tsx';
import { fits, merged } from './callRows.ts';

type Params = { q?: string; server?: string; tool?: string; outcome?: string; call?: string };

const outcomes = [
  { value: '', text: 'Every result' },
  { value: 'completed', text: 'Completed' },
  { value: 'error', text: 'Tool failed' },
  { value: 'failed', text: 'Failed' },
  { value: 'truncated', text: 'Truncated' },
  { value: 'cancelled', text: 'Cancelled' },
];

export function Calls(): JSX.Element {
  const { params, setParams, set } = useFilters<Params>();
  const filter = createMemo(() => ({
    text: params.q ?? '',
    server: params.server ?? '',
    tool: params.tool ?? '',
    outcome: params.outcome ?? '',
  }));
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
    ...choicesOf('mcp-server'),
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
          {held() ? 'Go on' : 'Hold still'}
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
        selected={params.call}
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
