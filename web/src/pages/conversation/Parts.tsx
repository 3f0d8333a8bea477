/** What a message is made of: text, what a model thought, tools called and what they answered, pictures. */
import { For, Match, Show, Switch, type JSX } from 'solid-js';
import { bytes } from '../../design/format.ts';
import { Icon } from '../../design/Icon.tsx';
import { Json } from '../../design/Json.tsx';
import { Markdown } from '../../design/Markdown.tsx';
import { Picture } from '../../design/Picture.tsx';
import { pictureIn } from '../../design/pictures.ts';
import type { Part } from '../../live/conversationCommands.ts';

const textIn = (part: Part, name: string): string => {
  const value = part[name];
  return typeof value === 'string' ? value : '';
};

export const Thinking = (props: { text: string; isOpen?: boolean }): JSX.Element => (
  <details class="fold" open={props.isOpen ?? false}>
    <summary>
      <Icon name="wake" />
      Thinking
      <span class="faint small">
        {Math.ceil(props.text.length / 4).toLocaleString('en')} tokens
      </span>
    </summary>
    <p class="thought">{props.text}</p>
  </details>
);

/** What it was called with as it comes is text; it is laid out once it is whole. */
export const ToolCall = (props: { name: string; input: unknown }): JSX.Element => (
  <details class="fold">
    <summary>
      <Icon name="tool" />
      Calls <code>{props.name}</code>
    </summary>
    <Show
      when={typeof props.input === 'string'}
      fallback={<Json value={props.input} label={`What ${props.name} is called with`} />}
    >
      <pre class="json" tabIndex={0} role="region" aria-label={`What ${props.name} is called with`}>
        {String(props.input)}
      </pre>
    </Show>
  </details>
);

const ToolResult = (props: { of: Part }): JSX.Element => {
  const name = () => textIn(props.of, 'name') || textIn(props.of, 'call_id');
  const isError = () => props.of['is_error'] === true;
  return (
    <details class="fold" classList={{ bad: isError() }}>
      <summary>
        <Icon name={isError() ? 'close' : 'check'} />
        {isError() ? 'Failure of' : 'Result of'} <code>{name()}</code>
      </summary>
      <Parts of={(props.of['content'] as readonly Part[] | undefined) ?? []} isPlain />
    </details>
  );
};

/** A file, or a picture that is not painted: its name, and where it is said to be. */
const Attached = (props: { of: Part }): JSX.Element => {
  const data = () => textIn(props.of, 'data');
  const about = () =>
    [
      textIn(props.of, 'name') || props.of.type,
      textIn(props.of, 'media_type'),
      data() && bytes((data().length * 3) / 4),
      textIn(props.of, 'url'),
    ].filter((one) => one !== '');
  return (
    <p class="attached small">
      <Icon name="log" />
      <span class="plain-words">{about().join(' · ')}</span>
    </p>
  );
};

const OnePart = (props: { of: Part; isPlain: boolean }): JSX.Element => (
  <Switch fallback={<Attached of={props.of} />}>
    <Match when={props.of.type === 'text'}>
      <Show when={!props.isPlain} fallback={<p class="said">{textIn(props.of, 'text')}</p>}>
        <Markdown text={textIn(props.of, 'text')} />
      </Show>
    </Match>
    <Match when={props.of.type === 'thinking'}>
      <Thinking text={textIn(props.of, 'text')} />
    </Match>
    <Match when={props.of.type === 'tool_call'}>
      <ToolCall name={textIn(props.of, 'name')} input={props.of['input'] ?? props.of['json']} />
    </Match>
    <Match when={props.of.type === 'tool_result'}>
      <ToolResult of={props.of} />
    </Match>
    <Match when={pictureIn(props.of['media_type'], props.of['data'])}>
      {(blob) => <Picture of={blob()} label={textIn(props.of, 'name') || 'Picture'} />}
    </Match>
    <Match when={props.of.type === 'opaque'}>{null}</Match>
  </Switch>
);

/** `isPlain` for what people wrote: it is not Markdown by itself. */
export const Parts = (props: { of: readonly Part[]; isPlain?: boolean }): JSX.Element => (
  <For each={props.of}>{(part) => <OnePart of={part} isPlain={props.isPlain ?? false} />}</For>
);
