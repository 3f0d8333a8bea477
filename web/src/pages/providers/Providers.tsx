/** All providers: who is asked, and whether it can be asked now. */
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { NoneFits } from '../../design/NoneFits.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { SearchBar, useSearched } from '../../design/Searched.tsx';
import { Table } from '../../design/Table.tsx';
import { columns } from './columns.tsx';
import { ProviderForm } from './ProviderForm.tsx';
import { fits, isIn, providerRows, states } from './providerRows.ts';

export function Page(): JSX.Element {
  const [isAdding, setAdding] = createSignal(false);
  const list = useSearched(createMemo(providerRows), fits, isIn);
  const button = () => (
    <Button icon="plus" look="primary" onClick={() => setAdding(true)}>
      Add provider
    </Button>
  );
  return (
    <Frame
      title="Providers"
      lead="The vendors that are asked, and whether each of them can be asked now."
      fill
      actions={button()}
    >
      <SearchBar of={list} label="Search providers" states={states} />
      <Table
        label="Providers"
        rows={list.rows()}
        idOf={({ provider }) => provider.id}
        columns={columns}
        hrefOf={({ provider }) => `/providers/${provider.id}`}
        sort={{ column: 'state', isDescending: false }}
        empty={
          <Show
            when={list.all().length > 0}
            fallback={
              <Empty title="No provider yet" action={button()}>
                A provider is a vendor's API, or a server of your own that speaks like one. Add the
                first one, then give it a key.
              </Empty>
            }
          >
            <NoneFits
              one="provider"
              all="providers"
              of={`${list.all().length} providers`}
              onAll={list.showAll}
            />
          </Show>
        }
      />
      <Show when={isAdding()}>
        <ProviderForm onClose={() => setAdding(false)} />
      </Show>
    </Frame>
  );
}
