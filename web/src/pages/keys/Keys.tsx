/** All provider keys, and what becomes of them. */
import { createMemo, createSignal, Match, Switch, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments, Select } from '../../design/Field.tsx';
import { NoneFits } from '../../design/NoneFits.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import { actorsOf, choicesOf, tally } from '../../live/selectors.ts';
import { useFilters } from '../../shell/address.ts';
import { AddKey, ImportKeys } from './AddKeys.tsx';
import { columns } from './columns.tsx';
import { fits, statuses } from './keyRows.ts';

type Params = { q?: string; status?: string; provider?: string };

export function Page(): JSX.Element {
  const { params, setParams, set } = useFilters<Params>();
  const [asked, setAsked] = createSignal<'add' | 'import'>();
  const filter = () => ({
    text: params.q ?? '',
    status: params.status ?? '',
    provider: params.provider ?? '',
  });
  const keys = createMemo(() => actorsOf('provider-key').filter((key) => fits(key, filter())));
  const counts = createMemo(() => tally('provider-key'));
  const providers = createMemo(() => [
    { value: '', text: 'All providers' },
    ...choicesOf('provider'),
  ]);
  const isFiltered = () => Object.values(filter()).some((value) => value !== '');
  const close = () => setAsked(undefined);
  const buttons = () => (
    <>
      <Button icon="import" onClick={() => setAsked('import')}>
        Import
      </Button>
      <Button icon="plus" look="primary" onClick={() => setAsked('add')}>
        Add key
      </Button>
    </>
  );

  return (
    <Frame
      title="Provider keys"
      lead="Shown to vendors in turn; one that is limited rests, and comes back by itself. Requests are those of today, in UTC."
      fill
      actions={buttons()}
    >
      <div class="row wrap">
        <Search label="Search keys" value={filter().text} onInput={set('q')} />
        <Segments
          label="State"
          value={filter().status}
          onInput={set('status')}
          options={[
            { value: '', text: 'All', number: actorsOf('provider-key').length },
            ...statuses.map((status) => ({
              value: status,
              text: status.slice(0, 1).toUpperCase() + status.slice(1),
              number: counts()[status] ?? 0,
            })),
          ]}
        />
        <Select
          label="Provider"
          value={filter().provider}
          options={providers()}
          onInput={set('provider')}
        />
      </div>
      <Table
        label="Provider keys"
        rows={keys()}
        idOf={({ id }) => id}
        columns={columns}
        hrefOf={({ id }) => `/keys/${id}`}
        sort={{ column: 'status', isDescending: false }}
        empty={
          isFiltered() ? (
            <NoneFits
              one="key"
              all="keys"
              of={`${actorsOf('provider-key').length} keys`}
              onAll={() => setParams({ q: null, status: null, provider: null })}
            />
          ) : (
            <Empty title="No provider key yet" action={buttons()}>
              The gateway shows one of these to a vendor with each request, and changes to another
              when the vendor wants it to wait. Add the first one.
            </Empty>
          )
        }
      />
      <Switch>
        <Match when={asked() === 'add'}>
          <AddKey onClose={close} />
        </Match>
        <Match when={asked() === 'import'}>
          <ImportKeys onClose={close} />
        </Match>
      </Switch>
    </Frame>
  );
}
