/** The log itself: every event of every actor, as it comes and back to the first. */
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, Match, Show, Switch, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { count, eventName } from '../../design/format.ts';
import { Page as Frame } from '../../design/Page.tsx';
import { Split } from '../../design/Split.tsx';
import { Table } from '../../design/Table.tsx';
import { ask } from '../../live/ask.ts';
import { eventAt, eventsThen } from '../../live/historyCommands.ts';
import { paged } from '../../live/paged.ts';
import { world } from '../../live/store.ts';
import { joined, tailOf } from '../../live/tail.ts';
import type { Event } from '../../live/world.ts';
import { addressOf, withoutEmpty } from '../../shell/address.ts';
import { columnsOf } from './columns.tsx';
import { EventPanel } from './EventPanel.tsx';
import { filterOf, fitsFilter, hasWords, type Params } from './filter.ts';
import { Filters } from './Filters.tsx';

const none: readonly Event[] = [];
const idOf = ({ sequence }: Event) => String(sequence);

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const navigate = useNavigate();
  /** Stays the same while only the open event, or a word that is looked for, changes. */
  const about = createMemo(() => {
    const { q: _q, by: _by, event: _event, ...rest } = params;
    return JSON.stringify(rest);
  });
  const filter = createMemo(() => filterOf(JSON.parse(about()) as Params, Date.now()));
  const old = paged(filter, (wanted, after) => eventsThen(wanted, after));
  const tail = tailOf(() => world()?.transitions ?? none, idOf);
  const rows = createMemo(() => {
    const live = tail.rows().filter((event) => fitsFilter(filter(), event));
    return joined(live, old.rows(), idOf, ({ sequence }) => sequence).filter((event) =>
      hasWords(params.q ?? '', params.by ?? '', event),
    );
  });
  const set = (changes: { [Name in keyof Params]?: string }) =>
    setParams(withoutEmpty(changes), { replace: true });
  const hrefWith = (changes: Params): string => addressOf('/audit', { ...params, ...changes });
  const hrefOf = (event: Event) => hrefWith({ event: String(event.sequence) });
  const columns = columnsOf(hrefOf);

  const opened = createMemo(() => {
    const sequence = Number(params.event);
    return Number.isInteger(sequence) && sequence > 0 ? sequence : undefined;
  });
  const known = createMemo(() => rows().find(({ sequence }) => sequence === opened()));
  const asked = ask(() => (known() ? undefined : opened()), eventAt);
  const event = () => known() ?? (asked.value()?.sequence === opened() ? asked.value() : undefined);
  const title = () => {
    const sequence = opened();
    if (sequence === undefined) return undefined;
    const one = event();
    return one
      ? `${eventName(one.type, one.kind)}, event ${count(sequence)}`
      : `Event ${count(sequence)}`;
  };

  return (
    <Frame
      title="Audit"
      lead="Every change, in its order: what happened to which actor, why, and by whom."
      fill
    >
      <Filters params={params} set={set} />
      <Split
        title={title()}
        onClose={() => navigate(hrefWith({ event: '' }), { replace: true })}
        list={
          <Table
            label="Events of the log, newest first"
            rows={rows()}
            idOf={idOf}
            columns={columns}
            hrefOf={hrefOf}
            selected={params.event}
            onEnd={old.more}
            foot={
              <p class="muted small list-end" role="status">
                {old.fault() ??
                  (old.isWaiting()
                    ? 'Reading further back…'
                    : old.hasMore()
                      ? ''
                      : `${count(rows().length)} ${rows().length === 1 ? 'event' : 'events'}, back to the first that fits.`)}
              </p>
            }
            empty={<NoRows of={old} onAll={() => navigate('/audit')} />}
          />
        }
      >
        <Show
          when={event()}
          fallback={
            <p class="muted">
              {asked.isWaiting()
                ? 'The event is being read…'
                : (asked.fault() ?? 'The log has no such event.')}
            </p>
          }
        >
          {(one) => (
            <EventPanel
              of={one()}
              hrefOf={hrefOf}
              filterHref={(correlation) =>
                `/audit?correlation=${correlation}&event=${one().sequence}`
              }
            />
          )}
        </Show>
      </Split>
    </Frame>
  );
}

type NoRowsProps = {
  of: Readonly<{
    isWaiting: () => boolean;
    fault: () => string | undefined;
    hasMore: () => boolean;
    more: () => void;
    again: () => void;
  }>;
  onAll: () => void;
};

const NoRows = (props: NoRowsProps): JSX.Element => (
  <Switch
    fallback={
      <Empty
        title="No event fits"
        action={
          <>
            <Show when={props.of.hasMore()}>
              <Button onClick={() => props.of.more()}>Look further back</Button>
            </Show>
            <Button onClick={() => props.onAll()}>Show all events</Button>
          </>
        }
      >
        Take a filter away, or wait: new events that fit come up here by themselves.
      </Empty>
    }
  >
    <Match when={props.of.isWaiting()}>
      <Empty title="Loading">The log is being read.</Empty>
    </Match>
    <Match when={props.of.fault()}>
      {(fault) => (
        <Empty
          title="The log cannot be read"
          action={<Button onClick={() => props.of.again()}>Try again</Button>}
        >
          {fault()}
        </Empty>
      )}
    </Match>
  </Switch>
);
