/** Addresses that are told of events, and what became of the notices. */
import { createMemo, createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search } from '../../design/Field.tsx';
import { NoneFits } from '../../design/NoneFits.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import { tell } from '../../design/Toasts.tsx';
import { ask } from '../../live/ask.ts';
import { webhooks } from '../../live/settingCommands.ts';
import { useFilters } from '../../shell/address.ts';
import { byTexts } from '../../words/search.ts';
import { columnsWith } from './columns.tsx';
import { HookForm, HookSecret, RemoveHook } from './HookForm.tsx';
import { rowsOf, type Hook, type Row } from './notices.ts';

const fits = byTexts(({ hook }: Row) => [hook.url, ...hook.events]);

type Asked = Readonly<{ what: 'add' | 'edit' | 'secret' | 'remove'; hook?: Hook }>;

export function Page(): JSX.Element {
  const { params, setParams, set } = useFilters<{ q?: string }>();
  const [asked, setAsked] = createSignal<Asked>();
  const read = ask(() => 'all', webhooks.list);
  const all = createMemo(() => rowsOf(read));
  const hooks = () => all().map(({ hook }) => hook);
  const rows = createMemo(() => all().filter((row) => fits(row, params.q ?? '')));
  const deliver = async (url: string) => {
    const { delivered, status, error } = await webhooks.test(url);
    read.again();
    if (!delivered) throw new Error(`The test failed: ${error ?? `HTTP ${status}`}`);
  };
  const test = ({ url }: Hook) => tell(deliver(url), 'The test notice was delivered');
  const columns = columnsWith({
    test: (hook) => void test(hook),
    edit: (hook) => setAsked({ what: 'edit', hook }),
    secret: (hook) => setAsked({ what: 'secret', hook }),
    remove: (hook) => setAsked({ what: 'remove', hook }),
  });
  const close = () => setAsked(undefined);
  const button = () => (
    <Button icon="plus" look="primary" onClick={() => setAsked({ what: 'add' })}>
      Add webhook
    </Button>
  );
  return (
    <Frame
      title="Webhooks"
      lead="Addresses that are told when something breaks, and when it is well again. Counts are since this gateway's start."
      fill
      actions={
        <>
          <Button onClick={read.again}>Read again</Button>
          {button()}
        </>
      }
    >
      <div class="row wrap">
        <Search label="Search webhooks" value={params.q ?? ''} onInput={set('q')} />
        <Show when={read.fault()}>{(fault) => <div class="notice bad">{fault()}</div>}</Show>
      </div>
      <Table
        label="Webhooks"
        rows={rows()}
        idOf={({ hook }) => hook.url}
        columns={columns}
        empty={
          <Show
            when={all().length > 0}
            fallback={
              <Empty title={read.isWaiting() ? 'Loading' : 'No webhook yet'} action={button()}>
                The gateway can tell another program when a key is disabled, a provider rests or a
                breaker opens. Add its address; each notice is signed and tried again.
              </Empty>
            }
          >
            <NoneFits
              one="webhook"
              all="webhooks"
              of={`${all().length} webhooks`}
              onAll={() => setParams({ q: null })}
            />
          </Show>
        }
      />
      <Switch>
        <Match when={asked()?.what === 'add'}>
          <HookForm all={hooks()} onClose={close} onDone={read.again} />
        </Match>
        <Match when={asked()?.what === 'edit' && asked()?.hook}>
          {(hook) => <HookForm of={hook()} all={hooks()} onClose={close} onDone={read.again} />}
        </Match>
        <Match when={asked()?.what === 'secret' && asked()?.hook}>
          {(hook) => <HookSecret of={hook()} onClose={close} />}
        </Match>
        <Match when={asked()?.what === 'remove' && asked()?.hook}>
          {(hook) => <RemoveHook of={hook()} all={hooks()} onClose={close} onDone={read.again} />}
        </Match>
      </Switch>
    </Frame>
  );
}
