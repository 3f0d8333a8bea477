/** What is asked of the gateway: live, and back to the first request that it remembers. */
import { createMemo, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments, Select } from '../../design/Field.tsx';
import { count, plural } from '../../design/format.ts';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import { requestsThen } from '../../live/historyCommands.ts';
import { paged } from '../../live/paged.ts';
import { actorsOf, choicesOf } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';
import { joined, tailOf } from '../../live/tail.ts';
import type { Request } from '../../live/world.ts';
import { useFilters } from '../../shell/address.ts';
import { useKeys } from '../../shell/keys.ts';
import { columns } from './columns.tsx';
import { fitsFilter, hasWords, outcomes, wantedOf, type Params } from './filter.ts';

const none: readonly Request[] = [];
const idOf = ({ id }: Request) => id;
const cased = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

export function Page(): JSX.Element {
  const { params, setParams, set } = useFilters<Params>();
  const wanted = createMemo(() => wantedOf(params));
  const filter = createMemo(() => JSON.stringify(wanted().filter));
  const old = paged(filter, (_, after) => requestsThen(wanted().filter, after));
  const tail = tailOf(() => world()?.requests ?? none, idOf);
  const rows = createMemo(() => {
    const live = tail.rows().filter((request) => fitsFilter(wanted().filter, request));
    return joined(live, old.rows(), idOf, ({ time }) => time).filter((request) =>
      hasWords(wanted().words, request),
    );
  });
  const isFiltered = () => Object.values(params).some((value) => (value ?? '') !== '');
  const toggle = () => tail.hold(!tail.isHeld());
  useKeys({ p: toggle });

  const providers = () => [{ value: '', text: 'All providers' }, ...choicesOf('provider')];
  /** A client may have several keys. */
  const clients = () => [
    { value: '', text: 'All clients' },
    ...[...new Set(actorsOf('client-key').map(({ context }) => context.client_id))].map((id) => ({
      value: id,
      text: id,
    })),
  ];

  return (
    <Frame
      title="Requests"
      lead="Each request as it ends, the newest first: who was asked, how long it took, what it cost."
      fill
      beside={
        <Show when={tail.isHeld()}>
          <span class="tag" role="status">
            Held still{tail.waiting() > 0 && `, ${count(tail.waiting())} new`}
          </span>
        </Show>
      }
      actions={
        <Button
          icon={tail.isHeld() ? 'play' : 'pause'}
          aria-pressed={tail.isHeld()}
          title="p"
          onClick={toggle}
        >
          {tail.isHeld() ? 'Go on' : 'Hold still'}
        </Button>
      }
    >
      <div class="row wrap">
        <Search label="Search, or status:429" value={params.q ?? ''} onInput={set('q')} />
        <Segments
          label="Result"
          value={params.outcome ?? ''}
          onInput={set('outcome')}
          options={[
            { value: '', text: 'All' },
            ...outcomes.map((value) => ({ value, text: cased(value) })),
          ]}
        />
        <Select
          label="Provider"
          value={params.provider ?? ''}
          options={providers()}
          onInput={set('provider')}
        />
        <Show when={clients().length > 1}>
          <Select
            label="Client"
            value={params.client ?? ''}
            options={clients()}
            onInput={set('client')}
          />
        </Show>
      </div>
      <Table
        label="Requests"
        rows={rows()}
        idOf={idOf}
        columns={columns}
        hrefOf={({ id }) => `/requests/${id}`}
        onEnd={old.more}
        foot={<Foot rows={rows().length} of={old} />}
        empty={
          <Show
            when={!old.isWaiting()}
            fallback={<Empty title="Loading">The requests are being read.</Empty>}
          >
            <Show
              when={!old.fault()}
              fallback={
                <Empty
                  title="The requests cannot be read"
                  action={<Button onClick={old.again}>Try again</Button>}
                >
                  {old.fault()}
                </Empty>
              }
            >
              <Show
                when={isFiltered()}
                fallback={
                  <Empty title="No request yet">
                    Point a program at this gateway, such as with OPENAI_BASE_URL={location.origin}
                    /v1: each of its requests comes up here as it ends.
                  </Empty>
                }
              >
                <Empty
                  title="No request fits"
                  action={
                    <>
                      <Show when={old.hasMore()}>
                        <Button onClick={old.more}>Look further back</Button>
                      </Show>
                      <Button
                        onClick={() =>
                          setParams({ q: null, provider: null, outcome: null, client: null })
                        }
                      >
                        Show all requests
                      </Button>
                    </>
                  }
                >
                  New ones that fit come up here by themselves.
                </Empty>
              </Show>
            </Show>
          </Show>
        }
      />
    </Frame>
  );
}

const Foot = (props: {
  rows: number;
  of: Readonly<{
    isWaiting: () => boolean;
    hasMore: () => boolean;
    fault: () => string | undefined;
  }>;
}): JSX.Element => (
  <p class="muted small list-end" role="status">
    {props.of.fault() ??
      (props.of.isWaiting()
        ? 'Reading further back…'
        : props.of.hasMore()
          ? ''
          : `${plural(props.rows, 'request')}: no older one is remembered.`)}
  </p>
);
