/** The resources or the prompts of a server. */
import { createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import { Copy } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { ask } from '../../live/ask.ts';
import { catalogOf, type ListName, type Offered } from '../../live/mcpCommands.ts';
import { listMark, type McpServer } from '../../live/mcpStand.ts';
import { AsDescribed, Offers } from './Offers.tsx';

const textIn = ({ item }: Offered, name: string): string | undefined => {
  const value = item[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const argumentsIn = ({
  item,
}: Offered): readonly Readonly<{ name: string; required: boolean }>[] => {
  const all = item['arguments'];
  if (!Array.isArray(all)) return [];
  return (all as readonly Readonly<Record<string, unknown>>[]).map(({ name, required }) => ({
    name: String(name),
    required: required === true,
  }));
};

const Item = (props: { of: Offered }): JSX.Element => {
  const address = () => textIn(props.of, 'uri') ?? textIn(props.of, 'uriTemplate');
  return (
    <>
      <div class="row spread">
        <strong class="mono truncate">{textIn(props.of, 'name') ?? props.of.name}</strong>
        <Show when={textIn(props.of, 'mimeType')}>
          {(type) => <span class="tag">{type()}</span>}
        </Show>
      </div>
      <Show when={address()}>
        {(uri) => (
          <div class="row">
            <code class="muted truncate">{uri()}</code>
            <Copy text={uri()} what="the address" />
          </div>
        )}
      </Show>
      <Show when={textIn(props.of, 'description')}>
        {(text) => <p class="muted clamp">{text()}</p>}
      </Show>
      <Show when={argumentsIn(props.of).length > 0}>
        <div class="row wrap">
          <For each={argumentsIn(props.of)}>
            {({ name, required }) => (
              <span class="tag mono">
                {name}
                {required ? ' *' : ''}
              </span>
            )}
          </For>
        </div>
      </Show>
      <AsDescribed name={props.of.name} value={props.of.item} />
    </>
  );
};

const camel = {
  tools: 'tools',
  resources: 'resources',
  resource_templates: 'resourceTemplates',
  prompts: 'prompts',
} as const;

export function Catalog(props: { of: McpServer; lists: readonly ListName[] }): JSX.Element {
  const [text, setText] = createSignal('');
  const word = () => (props.lists[0] === 'prompts' ? 'prompts' : 'resources');
  const mark = listMark(
    () => props.of,
    () => props.lists.map((list) => camel[list]),
  );
  const catalog = ask(mark, ({ id }) => catalogOf(id));
  const fitting = createMemo(() => {
    const wanted = text().toLowerCase();
    const lists = catalog.value();
    return props.lists
      .flatMap((list) => lists?.[list] ?? [])
      .filter(({ name, item }) => `${name} ${JSON.stringify(item)}`.toLowerCase().includes(wanted));
  });
  return (
    <Show
      when={fitting().length > 0 || text() !== ''}
      fallback={
        <Show
          when={catalog.value()}
          fallback={<p class="muted">{catalog.fault() ?? 'They are being read…'}</p>}
        >
          <Empty title={`No ${word()}`}>The server offers none, or was never reached.</Empty>
        </Show>
      }
    >
      <Offers
        label={`Search ${word()}`}
        text={text()}
        onInput={setText}
        items={fitting()}
        none={`Nothing has “${text()}” in it.`}
      >
        {(item) => <Item of={item} />}
      </Offers>
    </Show>
  );
}
