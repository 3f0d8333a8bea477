/** All client keys: who may use this gateway, for what, and how much. */
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { NoneFits } from '../../design/NoneFits.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { SearchBar, useSearched } from '../../design/Searched.tsx';
import { Table } from '../../design/Table.tsx';
import { ask } from '../../live/ask.ts';
import { actorsOf } from '../../live/selectors.ts';
import { now } from '../../live/store.ts';
import { ClientForm } from './ClientForm.tsx';
import { fits, states, statusOf } from './clientRows.ts';
import { columnsWith } from './columns.tsx';
import { ShownKey } from './ShownKey.tsx';
import { usageByClient } from './usage.ts';

export function Page(): JSX.Element {
  const [isMaking, setMaking] = createSignal(false);
  const [made, setMade] = createSignal<Readonly<{ name: string; key: string }>>();
  const usage = ask(() => 'all', usageByClient);
  const minute = createMemo(() => Math.floor(now() / 60_000) * 60_000);
  const list = useSearched(
    () => actorsOf('client-key'),
    fits,
    (client, state) => statusOf(client, minute()) === state,
  );
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
      <SearchBar of={list} label="Search client keys" states={states} />
      <Table
        label="Client keys"
        rows={list.rows()}
        idOf={({ id }) => id}
        columns={columnsWith(usage.value)}
        hrefOf={({ id }) => `/clients/${id}`}
        sort={{ column: 'name', isDescending: false }}
        empty={
          <Show
            when={list.all().length > 0}
            fallback={
              <Empty title="No client key yet" action={button()}>
                Without one, whoever reaches this machine from itself may ask. With the first key
                every caller has to show one: each with its own models, tools and limits.
              </Empty>
            }
          >
            <NoneFits
              one="client key"
              all="keys"
              of={`${list.all().length} client keys`}
              onAll={list.showAll}
            />
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
