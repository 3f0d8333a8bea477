/** Time travel: all actors as they were at any event of the log, beside what they are now. */
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments, Select } from '../../design/Field.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Split } from '../../design/Split.tsx';
import { Table } from '../../design/Table.tsx';
import { ask } from '../../live/ask.ts';
import { eventsAround } from '../../live/historyCommands.ts';
import { pastActors } from '../../live/pastActors.ts';
import { world } from '../../live/store.ts';
import { addressOf, withoutEmpty } from '../../shell/address.ts';
import { kindInWords, kindsInWords } from '../../words/actors.ts';
import { ActorPanel } from './ActorPanel.tsx';
import { Around } from './Around.tsx';
import { columnsOf, nameOf } from './columns.tsx';
import { Slider } from './Slider.tsx';
import { byDifference, kindsShown, presentOf, rowsOf, type Row } from './then.ts';
import './time.css';

type Params = { at?: string; q?: string; kind?: string; show?: string; actor?: string };

const each = 6;
const lastOf = (cursor: string | undefined): number =>
  Number(/^c(\d+)/.exec(cursor ?? '')?.[1] ?? 0);

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const navigate = useNavigate();
  const last = createMemo(() => lastOf(world()?.cursor));
  /** Without a place in the address it is now, and stays so. */
  const at = createMemo(() => {
    const wanted = params.at === undefined ? Number.NaN : Number(params.at);
    return Number.isInteger(wanted) && wanted >= 0 ? Math.min(wanted, last()) : last();
  });
  const set = (changes: { [Name in keyof Params]?: string }) =>
    setParams(withoutEmpty(changes), { replace: true, scroll: false });
  const move = (sequence: number) => set({ at: sequence >= last() ? '' : String(sequence) });
  const hrefWith = (changes: Params): string => addressOf('/time', { ...params, ...changes });
  const hrefOf = (row: Row) => hrefWith({ actor: row.name });

  const isNow = createMemo(() => at() >= last());
  /** What is now comes by itself: only the past is asked for. */
  const asked = createMemo(() => (isNow() ? undefined : at()));
  const past = pastActors(asked, kindsShown);
  const near = ask(asked, (sequence) => eventsAround(sequence, each));
  const around = createMemo(() =>
    isNow()
      ? (world()
          ?.transitions.slice(0, 2 * each + 1)
          .toReversed() ?? [])
      : (near.value() ?? []),
  );
  const event = () => around().find(({ sequence }) => sequence === at());
  const all = createMemo(() => {
    const actors = world()?.actors;
    if (!actors) return [];
    if (isNow()) return rowsOf(presentOf(actors), actors);
    const moment = past.moment();
    return moment ? rowsOf(moment.byKind, actors) : [];
  });
  const ofKind = createMemo(() =>
    all()
      .filter(({ kind }) => !params.kind || kind === params.kind)
      .sort(byDifference),
  );
  const changed = createMemo(() => ofKind().filter(({ isChanged }) => isChanged));
  const rows = createMemo(() => {
    const words = (params.q ?? '').toLowerCase();
    const shown = params.show === 'all' ? ofKind() : changed();
    return shown.filter((row) =>
      [row.id, nameOf(row), kindInWords(row.kind), row.past?.status, row.now?.status]
        .join(' ')
        .toLowerCase()
        .includes(words),
    );
  });
  const opened = createMemo(() => all().find(({ name }) => name === params.actor));
  const columns = columnsOf(hrefOf);

  return (
    <Frame
      title="Time travel"
      lead="The gateway as it was after any event, beside what it is now."
      fill
      beside={
        <Show when={!isNow() && past.moment()?.sequence !== at()}>
          <span class="tag">reading the log…</span>
        </Show>
      }
    >
      <div class="stack">
        <Slider at={at()} last={last()} event={event()} onMove={move} />
        <Show when={past.fault()}>
          {(fault) => (
            <div class="notice bad" role="alert">
              <span class="grow">{fault()}</span>
              <Button slim onClick={past.again}>
                Try again
              </Button>
            </div>
          )}
        </Show>
        <div class="row wrap">
          <Search label="Search actors" value={params.q ?? ''} onInput={(q) => set({ q })} />
          <Segments
            label="Which actors"
            value={params.show ?? ''}
            onInput={(show) => set({ show })}
            options={[
              { value: '', text: 'Different now', number: changed().length },
              { value: 'all', text: 'All', number: ofKind().length },
            ]}
          />
          <Select
            label="Kind of actor"
            value={params.kind ?? ''}
            options={[
              { value: '', text: 'All kinds' },
              ...kindsShown.map((value) => ({ value, text: kindsInWords(value) })),
            ]}
            onInput={(kind) => set({ kind })}
          />
        </div>
      </div>
      <Split
        title={titleOf(opened())}
        onClose={() => navigate(hrefWith({ actor: '' }), { replace: true, scroll: false })}
        list={
          <div class="time-lists" data-moment={isNow() ? at() : past.moment()?.sequence}>
            <Table
              label="Actors then and now"
              rows={rows()}
              idOf={({ name }) => name}
              columns={columns}
              hrefOf={hrefOf}
              selected={params.actor}
              empty={<Nothing isNow={isNow()} isReady={isNow() || past.moment() !== undefined} />}
            />
            <Show when={!opened()}>
              <Around
                at={at()}
                events={around()}
                fault={isNow() ? undefined : near.fault()}
                hrefAt={(sequence) => hrefWith({ at: String(sequence) })}
              />
            </Show>
          </div>
        }
      >
        <Show when={opened()}>{(row) => <ActorPanel of={row()} />}</Show>
      </Split>
    </Frame>
  );
}

const titleOf = (row: Row | undefined) => row && `${kindInWords(row.kind)} ${nameOf(row)}`;

const Nothing = (props: { isNow: boolean; isReady: boolean }): JSX.Element => (
  <Show
    when={props.isReady}
    fallback={<Empty title="Loading">The log is being read up to this moment.</Empty>}
  >
    <Show
      when={props.isNow}
      fallback={
        <Empty title="Nothing is different">
          What is looked for is now as it was then. Choose All to see every actor of that moment.
        </Empty>
      }
    >
      <Empty title="This is now">
        Move the slider, or press ←: actors that were different come up here, each beside what it is
        now.
      </Empty>
    </Show>
  </Show>
);
