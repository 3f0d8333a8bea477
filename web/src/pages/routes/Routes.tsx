/** All model routes: names that clients ask for, and who answers for them. */
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { NoneFits } from '../../design/NoneFits.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { SearchBar, useSearched } from '../../design/Searched.tsx';
import { Table } from '../../design/Table.tsx';
import { columns } from './columns.tsx';
import { RouteForm } from './RouteForm.tsx';
import { fits, isIn, routeRows, states } from './routeRows.ts';

export function Page(): JSX.Element {
  const [isDefining, setDefining] = createSignal(false);
  const list = useSearched(createMemo(routeRows), fits, isIn);
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
      <SearchBar of={list} label="Search model routes" states={states} />
      <Table
        label="Model routes"
        rows={list.rows()}
        idOf={({ route }) => route.id}
        columns={columns}
        hrefOf={({ route }) => `/routes/${route.id}`}
        sort={{ column: 'state', isDescending: false }}
        empty={
          <Show
            when={list.all().length > 0}
            fallback={
              <Empty title="No model route yet" action={button()}>
                A route is a model name of your own. It asks one vendor's model, and others when
                that one cannot answer; clients never notice.
              </Empty>
            }
          >
            <NoneFits
              one="route"
              all="routes"
              of={`${list.all().length} model routes`}
              onAll={list.showAll}
            />
          </Show>
        }
      />
      <Show when={isDefining()}>
        <RouteForm onClose={() => setDefining(false)} />
      </Show>
    </Frame>
  );
}
