/** What a model wrote, as elements made of data: no HTML, no link that leads anywhere. */
import { createMemo, For, Match, Switch, type JSX } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { blocksOf, chunksOf, inlineOf, type Block, type Inline } from '../words/markdown.ts';
import { Copy } from './Button.tsx';
import './markdown.css';

type Of<Type extends string> = Extract<Block, { type: Type }>;

const Span = (props: { of: Inline }): JSX.Element => {
  const { of } = props;
  switch (of.type) {
    case 'text':
      return of.text;
    case 'code':
      return <code>{of.text}</code>;
    case 'strong':
      return (
        <strong>
          {of.content.map((one) => (
            <Span of={one} />
          ))}
        </strong>
      );
    case 'em':
      return (
        <em>
          {of.content.map((one) => (
            <Span of={one} />
          ))}
        </em>
      );
    case 'link':
      return (
        <span>
          {of.text} <span class="muted">({of.url})</span>
        </span>
      );
    default:
      return of satisfies never;
  }
};

const Words = (props: { text: string }): JSX.Element => (
  <For each={inlineOf(props.text)}>{(one) => <Span of={one} />}</For>
);

const Code = (props: { of: Of<'code'> }): JSX.Element => (
  <div class="code-block">
    <div class="row spread">
      <span class="small muted">{props.of.language || 'text'}</span>
      <Copy text={props.of.text} what="the code" />
    </div>
    <pre tabIndex={0} role="region" aria-label={`Code in ${props.of.language || 'text'}`}>
      {props.of.text}
    </pre>
  </div>
);

const List = (props: { of: Of<'list'> }): JSX.Element => (
  <Dynamic
    component={props.of.start === null ? 'ul' : 'ol'}
    start={props.of.start === null ? undefined : props.of.start}
  >
    <For each={props.of.items}>
      {(item) => (
        <li>
          <Words text={item.text} />
          <Blocks of={item.blocks} />
        </li>
      )}
    </For>
  </Dynamic>
);

const Rows = (props: { of: Of<'table'> }): JSX.Element => (
  <div class="scroll-x" tabIndex={0} role="region" aria-label="Table">
    <table>
      <thead>
        <tr>
          <For each={props.of.head}>
            {(cell) => (
              <th>
                <Words text={cell} />
              </th>
            )}
          </For>
        </tr>
      </thead>
      <tbody>
        <For each={props.of.rows}>
          {(row) => (
            <tr>
              <For each={row}>
                {(cell) => (
                  <td>
                    <Words text={cell} />
                  </td>
                )}
              </For>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  </div>
);

const as = <Type extends Block['type']>(block: Block, type: Type): Of<Type> | undefined =>
  block.type === type ? (block as Of<Type>) : undefined;

/** Its headings are below those of the page. */
const OneBlock = (props: { of: Block }): JSX.Element => (
  <Switch fallback={<hr />}>
    <Match when={as(props.of, 'paragraph')}>
      {(one) => (
        <p>
          <Words text={one().text} />
        </p>
      )}
    </Match>
    <Match when={as(props.of, 'heading')}>
      {(one) => (
        <p
          class={`heading level-${Math.min(3, one().level)}`}
          role="heading"
          aria-level={Math.min(6, one().level + 3)}
        >
          <Words text={one().text} />
        </p>
      )}
    </Match>
    <Match when={as(props.of, 'code')}>{(one) => <Code of={one()} />}</Match>
    <Match when={as(props.of, 'list')}>{(one) => <List of={one()} />}</Match>
    <Match when={as(props.of, 'table')}>{(one) => <Rows of={one()} />}</Match>
    <Match when={as(props.of, 'quote')}>
      {(one) => (
        <blockquote>
          <Blocks of={one().blocks} />
        </blockquote>
      )}
    </Match>
  </Switch>
);

const Blocks = (props: { of: readonly Block[] }): JSX.Element => (
  <For each={props.of}>{(block) => <OneBlock of={block} />}</For>
);

export function Markdown(props: { text: string }): JSX.Element {
  const chunks = createMemo(() => chunksOf(props.text));
  return (
    <div class="markdown">
      <For each={chunks()}>{(chunk) => <Blocks of={blocksOf(chunk.split('\n'))} />}</For>
    </div>
  );
}
