/** All client keys: who may use this gateway, for what, and how much. */
import { useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments } from '../../design/Field.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import { ask } from '../../live/ask.ts';
import { actorsOf } from '../../live/selectors.ts';
import { now } from '../../live/store.ts';
import { ClientForm } from './ClientForm.tsx';
import { fits, statusOf, views } from './clientRows.ts';
import { columnsWith } from './columns.tsx';
import { ShownKey } from './ShownKey.tsx';
import { usageByClient } from './usage.ts';

type Params = { q?: string; state?: string };

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const [isMaking, setMaking] = createSignal(false);
  const [made, setMade] = createSignal<Readonly<{ name: string; key: string }>>();
  const usage = ask(() => 'all', usageByClient);
  const all = () => actorsOf('client-key');
  const minute = createMemo(() => Math.floor(now() / 60_000) * 60_000);
  const isIn = (view: string) => (client: ReturnType<typeof all>[number]) =>
    view === '' || statusOf(client, minute()) === view;
  const rows = createMemo(() =>
    all().filter((client) => fits(client, params.q ?? '') && isIn(params.state ?? '')(client)),
  );
  const set = (name: keyof Params) => (value: string) =>
    setParams({ [name]: value === '' ? null : value }, { replace: true });
  const button = () => (
    <Button icon="plus" look="primary" onClick={() => setMaking(true)}>
      Add client key
    </Button>
  );
  return (
    <Frame
      title="Client keys"
      lead="Who may use this gateway. Requests and cost are those of the last 30 days."
      fill
      actions={button()}
    >
      <div class="row wrap">
        <Search label="Search client keys" value={params.q ?? ''} onInput={set('q')} />
        <Segments
          label="State"
          value={params.state ?? ''}
          onInput={set('state')}
          options={[{ value: '', text: 'All' }, ...views].map((view) => ({
            ...view,
            number: all().filter(isIn(view.value)).length,
          }))}
        />
      </div>
      <Table
        label="Client keys"
        rows={rows()}
        idOf={({ id }) => id}
        columns={columnsWith(usage.value)}
        hrefOf={({ id }) => `/clients/${id}`}
        sort={{ column: 'name', isDescending: false }}
        empty={
          <Show
            when={all().length > 0}
            fallback={
              <Empty title="No client key yet" action={button()}>
                Without one, whoever reaches this machine from itself may ask. With the first key
                every caller has to show one: each with its own models, tools and limits.
              </Empty>
            }
          >
            <Empty
              title="No client key fits"
              action={
                <Button onClick={() => setParams({ q: null, state: null })}>Show all keys</Button>
              }
            >
              None of the {all().length} client keys fits this search.
            </Empty>
          </Show>
        }
      />
      <Show when={isMaking()}>
        <ClientForm onClose={() => setMaking(false)} onMade={setMade} />
      </Show>
      <Show when={!isMaking() && made()}>
        {(key) => (
          <ShownKey name={key().name} secret={key().key} onClose={() => setMade(undefined)} />
        )}
      </Show>
    </Frame>
  );
}
