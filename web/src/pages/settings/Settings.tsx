/** Every setting: what is in force, what it means, where it comes from, and who changed it. */
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  Match,
  Show,
  Switch,
  type JSX,
} from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments } from '../../design/Field.tsx';
import { NoneFits } from '../../design/NoneFits.tsx';
import { Card, Page as Frame } from '../../design/Page.tsx';
import { ask } from '../../live/ask.ts';
import { actorOf } from '../../live/selectors.ts';
import { allSettings, settingChanges } from '../../live/settingCommands.ts';
import { world } from '../../live/store.ts';
import { useFilters } from '../../shell/address.ts';
import { useKeys } from '../../shell/keys.ts';
import { ChangeSetting, ResetSetting } from './ChangeSetting.tsx';
import { SettingItem } from './SettingItem.tsx';
import {
  actorIdOf,
  changesOf,
  fits,
  isChanged,
  sectionOf,
  sections,
  withActor,
  type Row,
} from './settingRows.ts';

type Params = { q?: string; show?: string; at?: string };

export function Page(): JSX.Element {
  const { params, setParams, set } = useFilters<Params>();
  const [asked, setAsked] = createSignal<Readonly<{ name: string; isReset: boolean }>>();
  const read = ask(() => 'all', allSettings);
  const old = ask(() => 'all', settingChanges);
  const changes = createMemo(() =>
    changesOf([...(old.value()?.data ?? []), ...(world()?.transitions ?? [])]),
  );
  const all = createMemo((): readonly Row[] =>
    (read.value()?.data ?? []).map((setting) => ({
      setting: withActor(setting, actorOf('setting', actorIdOf(setting.name))),
      change: changes().get(actorIdOf(setting.name)),
    })),
  );
  const rows = createMemo(() =>
    all().filter(
      (row) => fits(row, params.q ?? '') && (params.show !== 'changed' || isChanged(row)),
    ),
  );
  const groups = createMemo(() =>
    sections.flatMap((section) => {
      const inIt = rows().filter(({ setting }) => sectionOf(setting) === section.value);
      return inIt.length === 0 ? [] : [{ ...section, rows: inIt }];
    }),
  );
  const inOrder = createMemo(() => groups().flatMap((group) => group.rows));
  const items = new Map<string, HTMLLIElement>();
  const select = (name: string | undefined) => {
    if (name !== undefined && name !== params.at) setParams({ at: name }, { replace: true });
  };
  const step = (by: number) => {
    const names = inOrder().map(({ setting }) => setting.name);
    const at = names.indexOf(params.at ?? '');
    select(names[Math.min(names.length - 1, Math.max(0, at + by))]);
  };
  createEffect(() => {
    if (inOrder().length > 0) items.get(params.at ?? '')?.scrollIntoView({ block: 'nearest' });
  });
  const current = () => all().find(({ setting }) => setting.name === asked()?.name)?.setting;
  const openCurrent = () => {
    const row = all().find(({ setting }) => setting.name === params.at);
    if (row?.setting.changeable && row.setting.name !== 'webhooks')
      setAsked({ name: row.setting.name, isReset: false });
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: openCurrent,
    Escape: () => setParams({ at: null }, { replace: true }),
  });
  const close = () => setAsked(undefined);

  return (
    <Frame
      title="Settings"
      lead="What is changed here holds in every gateway at once, and beats its environment variable."
    >
      <div class="row wrap">
        <Search label="Search settings" value={params.q ?? ''} onInput={set('q')} />
        <Segments
          label="Which"
          value={params.show ?? ''}
          onInput={set('show')}
          options={[
            { value: '', text: 'All', number: all().length },
            { value: 'changed', text: 'Not default', number: all().filter(isChanged).length },
          ]}
        />
      </div>
      <For
        each={groups()}
        fallback={
          <Show
            when={all().length > 0}
            fallback={
              <Empty
                title={read.fault() ? 'The settings could not be read' : 'Loading'}
                action={read.fault() && <Button onClick={read.again}>Try again</Button>}
              >
                {read.fault() ?? 'The settings are being read.'}
              </Empty>
            }
          >
            <NoneFits
              one="setting"
              all="settings"
              of={`${all().length} settings`}
              onAll={() => setParams({ q: null, show: null })}
            />
          </Show>
        }
      >
        {(group) => (
          <Card title={group.text} bare>
            <ul class="settings">
              <For each={group.rows}>
                {(row) => (
                  <SettingItem
                    of={row}
                    isCurrent={params.at === row.setting.name}
                    ref={(own) => items.set(row.setting.name, own)}
                    onSelect={() => select(row.setting.name)}
                    onChange={() => setAsked({ name: row.setting.name, isReset: false })}
                    onReset={() => setAsked({ name: row.setting.name, isReset: true })}
                  />
                )}
              </For>
            </ul>
          </Card>
        )}
      </For>
      <Show when={current()}>
        {(setting) => (
          <Switch>
            <Match when={asked()?.isReset}>
              <ResetSetting of={setting()} onClose={close} />
            </Match>
            <Match when={!asked()?.isReset}>
              <ChangeSetting of={setting()} onClose={close} />
            </Match>
          </Switch>
        )}
      </Show>
    </Frame>
  );
}
