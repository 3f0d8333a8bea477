/** How what a server offers has changed: what came, went, or is described in another way. */
import { createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { plural } from '../../design/format.ts';
import { Timeline, type Moment } from '../../design/Timeline.tsx';
import type { Tone } from '../../design/tones.ts';
import { ask } from '../../live/ask.ts';
import { mcpServers } from '../../live/mcpCommands.ts';
import type { McpServer } from '../../live/mcpStand.ts';

type Change = Awaited<ReturnType<typeof mcpServers.changes>>['data'][number];

const words: Readonly<Record<string, string>> = {
  tools: 'tool',
  resources: 'resource',
  resourceTemplates: 'resource template',
  prompts: 'prompt',
};
const tones: Readonly<Record<Change['change'], Tone>> = {
  added: 'good',
  changed: 'busy',
  removed: 'bad',
};
const shownNames = 12;
const page = 30;

const Names = (props: { of: readonly Change[] }): JSX.Element => (
  <div class="row wrap small">
    <For each={props.of.slice(0, shownNames)}>
      {({ name, hash_before: before, hash_after: after }) => (
        <span
          class="tag mono"
          title={`${before?.slice(0, 12) ?? 'new'} → ${after?.slice(0, 12) ?? 'gone'}`}
        >
          {name}
        </span>
      )}
    </For>
    <Show when={props.of.length > shownNames}>
      <span class="muted">and {props.of.length - shownNames} more</span>
    </Show>
  </div>
);

/** One for each sort of change of an event. */
function momentsOf(changes: readonly Change[]): Moment[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = `${change.sequence} ${change.list} ${change.change}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups].flatMap(([id, all]) => {
    const [first] = all;
    if (!first) return [];
    const noun = words[first.list] ?? first.list;
    return {
      id,
      tone: tones[first.change],
      title: `${plural(all.length, noun)} ${first.change}`,
      ms: Date.parse(first.time),
      more: () => <Names of={all} />,
    };
  });
}

export function Changes(props: { of: McpServer }): JSX.Element {
  const [shown, setShown] = createSignal(page);
  const mark = createMemo(() => `${props.of.id} ${props.of.sequence}`);
  const changes = ask(mark, (of) => mcpServers.changes(of.split(' ')[0] ?? ''));
  const moments = createMemo(() => momentsOf(changes.value()?.data ?? []));
  return (
    <Show
      when={moments().length > 0}
      fallback={
        <Show
          when={changes.value()}
          fallback={<p class="muted">{changes.fault() ?? 'The log is being read…'}</p>}
        >
          <Empty title="No change yet">
            Each tool, resource or prompt that comes, goes or changes its description is noted here.
          </Empty>
        </Show>
      }
    >
      <div class="stack">
        <Timeline label="Changes of what it offers" moments={moments().slice(0, shown())} />
        <Show when={moments().length > shown()}>
          <Button onClick={() => setShown(shown() + page)}>Show more</Button>
        </Show>
      </div>
    </Show>
  );
}
