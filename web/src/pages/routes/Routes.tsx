/** All model routes: names that clients ask for, and who answers for them. */
import { useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments } from '../../design/Field.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import { columns } from './columns.tsx';
import { RouteForm } from './RouteForm.tsx';
import { fits, routeRows, views } from './routeRows.ts';

type Params = { q?: string; state?: string };

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const [isDefining, setDefining] = createSignal(false);
  const all = createMemo(routeRows);
  const isIn = (view: string) => (row: ReturnType<typeof all>[number]) =>
    view === '' || row.status === view;
  const rows = createMemo(() =>
    all().filter((row) => fits(row, params.q ?? '') && isIn(params.state ?? '')(row)),
  );
  const set = (name: keyof Params) => (value: string) =>
    setParams({ [name]: value === '' ? null : value }, { replace: true });
  const button = () => (
    <Button icon="plus" look="primary" onClick={() => setDefining(true)}>
      Add route
    </Button>
  );
  return (
    <Frame
      title="Model routes"
      lead="Model names of your own, each answered by the first of its targets that can."
      fill
      actions={button()}
    >
      <div class="row wrap">
        <Search label="Search model routes" value={params.q ?? ''} onInput={set('q')} />
        <Segments
          label="State"
          value={params.state ?? ''}
          onInput={set('state')}
          options={views.map((view) => ({
            ...view,
            number: all().filter(isIn(view.value)).length,
          }))}
        />
      </div>
      <Table
        label="Model routes"
        rows={rows()}
        idOf={({ route }) => route.id}
        columns={columns}
        hrefOf={({ route }) => `/routes/${route.id}`}
        sort={{ column: 'state', isDescending: false }}
        empty={
          <Show
            when={all().length > 0}
            fallback={
              <Empty title="No model route yet" action={button()}>
                A route is a model name of your own. It asks one vendor's model, and others when
                that one cannot answer; clients never notice.
              </Empty>
            }
          >
            <Empty
              title="No route fits"
              action={
                <Button onClick={() => setParams({ q: null, state: null })}>Show all routes</Button>
              }
            >
              None of the {all().length} model routes fits this search.
            </Empty>
          </Show>
        }
      />
      <Show when={isDefining()}>
        <RouteForm onClose={() => setDefining(false)} />
      </Show>
    </Frame>
  );
}
