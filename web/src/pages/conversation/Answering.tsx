/** The turn that runs: the answer as it comes. */
import { Index, Match, Show, Switch, type Accessor, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Markdown } from '../../design/Markdown.tsx';
import { Picture } from '../../design/Picture.tsx';
import { pictureIn } from '../../design/pictures.ts';
import type { Part } from '../../live/conversationCommands.ts';
import type { Running } from '../../live/talk.ts';
import type { Piece } from '../../live/toldTurn.ts';
import { Parts, Thinking, ToolCall } from './Parts.tsx';
import { Question } from './Turn.tsx';

const as = <Type extends Piece['type']>(piece: Piece, type: Type) =>
  piece.type === type ? (piece as Extract<Piece, { type: Type }>) : undefined;

const OnePiece = (props: { of: Accessor<Piece>; isLast: boolean }): JSX.Element => (
  <Switch>
    <Match when={as(props.of(), 'text')}>{(piece) => <Markdown text={piece().text} />}</Match>
    <Match when={as(props.of(), 'thinking')}>
      {(piece) => <Thinking text={piece().text} isOpen={props.isLast} />}
    </Match>
    <Match when={as(props.of(), 'tool_call')}>
      {(piece) => <ToolCall name={piece().name} input={piece().json} />}
    </Match>
    <Match when={as(props.of(), 'image')}>
      {(piece) => (
        <Show when={pictureIn(piece().media_type, piece().data)}>
          {(blob) => <Picture of={blob()} label="Picture" />}
        </Show>
      )}
    </Match>
  </Switch>
);

export function Answering(props: {
  of: Running;
  /** Where the conversation has it already. */
  question: readonly Part[] | undefined;
}): JSX.Element {
  const told = () => props.of.told;
  const word = () => {
    if (props.of.isLost) return 'connection lost, trying again';
    if (told().turnId === '') return 'asking';
    return told().pieces.length === 0 ? 'waiting for the model' : 'answering';
  };
  return (
    <article class="turn" aria-label="The turn that runs" aria-busy="true">
      <Question who="Question">
        <Parts of={props.of.question ?? props.question ?? []} isPlain />
      </Question>
      <div class="turn-answer">
        <header class="row spread">
          <span class="row wrap">
            <strong>{told().model || 'The model'}</strong>
            <span role="status">
              <Badge status={word()} tone={props.of.isLost ? 'rest' : 'busy'} />
            </span>
          </span>
        </header>
        <Index each={told().pieces}>
          {(piece, index) => <OnePiece of={piece} isLast={index === told().pieces.length - 1} />}
        </Index>
      </div>
    </article>
  );
}
