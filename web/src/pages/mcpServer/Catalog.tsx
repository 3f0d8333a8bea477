/** The resources or the prompts of a server. */
import { createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import { Button, Copy } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search } from '../../design/Field.tsx';
import { Json } from '../../design/Json.tsx';
import { ask } from '../../live/ask.ts';
import { catalogOf, type ListName, type Offered } from '../../live/mcpCommands.ts';
import type { McpServer } from '../../live/mcpStand.ts';

const page = 50;

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
    <li class="offer">
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
      <details class="small">
        <summary class="muted">As the server describes it</summary>
        <Json value={props.of.item} label={`Description of ${props.of.name}`} />
      </details>
    </li>
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
  const [shown, setShown] = createSignal(page);
  const word = () => (props.lists[0] === 'prompts' ? 'prompts' : 'resources');
  const mark = createMemo(
    () => {
      const { id, context } = props.of;
      const items = props.lists.flatMap((list) => context.lists[camel[list]] ?? []);
      return { id, hashes: items.map(({ hash }) => hash).join() };
    },
    undefined,
    { equals: (one, other) => one.id === other.id && one.hashes === other.hashes },
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
      <div class="stack">
        <Search label={`Search ${word()}`} value={text()} onInput={setText} />
        <ul class="offers">
          <For
            each={fitting().slice(0, shown())}
            fallback={<li class="muted">Nothing has “{text()}” in it.</li>}
          >
            {(item) => <Item of={item} />}
          </For>
        </ul>
        <Show when={fitting().length > shown()}>
          <Button onClick={() => setShown(shown() + page)}>Show more of {fitting().length}</Button>
        </Show>
      </div>
    </Show>
  );
}
