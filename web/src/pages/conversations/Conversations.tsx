/** All conversations: what was said with models, by whom, for how much. */
import { createMemo, createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments, Select } from '../../design/Field.tsx';
import { plural } from '../../design/format.ts';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import { actorsOf } from '../../live/selectors.ts';
import { useFilters } from '../../shell/address.ts';
import { useKeys } from '../../shell/keys.ts';
import { columns } from './columns.tsx';
import { conversationRows, type Rows } from './conversationRows.ts';
import { filterOf, ownOwner, views, type Params } from './filter.ts';
import { NewConversation } from './NewConversation.tsx';

export function Page(): JSX.Element {
  const { params, setParams, set } = useFilters<Params>();
  const [isBeginning, setBeginning] = createSignal(false);
  const list = conversationRows(createMemo(() => filterOf(params)));
  const showAll = () => setParams({ q: null, owner: null, show: 'all' }, { replace: true });
  const isFiltered = () => [params.q, params.owner, params.show].some((one) => (one ?? '') !== '');
  useKeys({ n: () => setBeginning(true) });

  const owners = createMemo(() => {
    const clients = actorsOf('client-key').map(({ context }) => context.client_id);
    const seen = list.rows().map(({ owner }) => owner);
    const known = new Set([...clients, ...seen, params.owner ?? '']);
    return [
      { value: '', text: 'All owners' },
      { value: ownOwner, text: 'You, and no key' },
      ...[...known]
        .filter((owner) => owner !== '' && owner !== ownOwner)
        .sort()
        .map((owner) => ({ value: owner, text: owner })),
    ];
  });
  const button = () => (
    <Button icon="plus" look="primary" title="n" onClick={() => setBeginning(true)}>
      New conversation
    </Button>
  );

  return (
    <Frame
      title="Conversations"
      lead="Every turn is in the log, encrypted, with who answered it and what it cost."
      fill
      actions={button()}
    >
      <div class="row wrap">
        <Search label="Search titles, or model:" value={params.q ?? ''} onInput={set('q')} />
        <Segments label="Show" value={params.show ?? ''} options={views} onInput={set('show')} />
        <Select
          label="Owner"
          value={params.owner ?? ''}
          options={owners()}
          onInput={set('owner')}
        />
      </div>
      <Table
        label="Conversations"
        rows={list.rows()}
        idOf={({ id }) => id}
        columns={columns}
        hrefOf={({ id }) => `/conversations/${id}`}
        onEnd={list.more}
        foot={<Foot of={list} />}
        empty={
          <Switch
            fallback={
              <Empty title="No conversation yet" action={button()}>
                Begin one here. Programs begin theirs with POST /api/conversations, or with the
                header x-conversation-id on any model request through this gateway.
              </Empty>
            }
          >
            <Match when={list.isWaiting()}>
              <Empty title="Loading">The conversations are being read.</Empty>
            </Match>
            <Match when={list.fault()}>
              <Empty
                title="The conversations cannot be read"
                action={<Button onClick={list.again}>Try again</Button>}
              >
                {list.fault()}
              </Empty>
            </Match>
            <Match when={isFiltered()}>
              <Empty
                title="No conversation fits"
                action={
                  <>
                    <Show when={list.hasMore()}>
                      <Button onClick={list.more}>Look further back</Button>
                    </Show>
                    <Button onClick={showAll}>Show all conversations</Button>
                  </>
                }
              >
                Titles are encrypted: a search opens those that you may read, one after the other.
                Titles of clients’ conversations are theirs.
              </Empty>
            </Match>
          </Switch>
        }
      />
      <Show when={isBeginning()}>
        <NewConversation onClose={() => setBeginning(false)} />
      </Show>
    </Frame>
  );
}

const Foot = (props: { of: Rows }): JSX.Element => (
  <p class="muted small list-end" role="status">
    <Switch fallback={`${plural(props.of.rows().length, 'conversation')}: there is no other.`}>
      <Match when={props.of.fault()}>{props.of.fault()}</Match>
      <Match when={props.of.isWaiting()}>Reading further back…</Match>
      <Match when={props.of.hasMore()}>{''}</Match>
    </Switch>
  </p>
);
