/** All providers: who is asked, and whether it can be asked now. */
import { useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments } from '../../design/Field.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import { columns } from './columns.tsx';
import { ProviderForm } from './ProviderForm.tsx';
import { fits, isIn, providerRows, views } from './providerRows.ts';

type Params = { q?: string; state?: string };

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const [isAdding, setAdding] = createSignal(false);
  const all = createMemo(providerRows);
  const rows = createMemo(() =>
    all().filter((row) => fits(row, params.q ?? '') && isIn(row, params.state ?? '')),
  );
  const set = (name: keyof Params) => (value: string) =>
    setParams({ [name]: value === '' ? null : value }, { replace: true });
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
      <div class="row wrap">
        <Search label="Search providers" value={params.q ?? ''} onInput={set('q')} />
        <Segments
          label="State"
          value={params.state ?? ''}
          onInput={set('state')}
          options={views.map((view) => ({
            ...view,
            number: all().filter((row) => isIn(row, view.value)).length,
          }))}
        />
      </div>
      <Table
        label="Providers"
        rows={rows()}
        idOf={({ provider }) => provider.id}
        columns={columns}
        hrefOf={({ provider }) => `/providers/${provider.id}`}
        sort={{ column: 'state', isDescending: false }}
        empty={
          <Show
            when={all().length > 0}
            fallback={
              <Empty title="No provider yet" action={button()}>
                A provider is a vendor's API, or a server of your own that speaks like one. Add the
                first one, then give it a key.
              </Empty>
            }
          >
            <Empty
              title="No provider fits"
              action={
                <Button onClick={() => setParams({ q: null, state: null })}>
                  Show all providers
                </Button>
              }
            >
              None of the {all().length} providers fits this search.
            </Empty>
          </Show>
        }
      />
      <Show when={isAdding()}>
        <ProviderForm onClose={() => setAdding(false)} />
      </Show>
    </Frame>
  );
}
