/** Says which moment of the past is shown, and leads to those beside it, to now, and to another future. */
import { A, useNavigate } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { count } from '../../design/format.ts';
import type { Conversation } from '../../live/conversationCommands.ts';
import { isOwn } from '../../live/talk.ts';
import { useKeys } from '../../shell/keys.ts';
import { useFork } from '../conversations/ConversationMenu.tsx';
import type { Moment } from './then.ts';

type BarProps = {
  moment: Moment;
  shown: Conversation;
  now: Conversation | undefined;
  isWaiting: boolean;
  fault: string | undefined;
};

export function ThenBar(props: BarProps): JSX.Element {
  const navigate = useNavigate();
  const fork = useFork();
  const turn = () => ('turn' in props.moment ? props.moment.turn : props.shown.turn_count);
  const last = () => props.now?.turn_count ?? turn();
  const words = () =>
    'turn' in props.moment
      ? `As it was after turn ${turn()} of ${last()}`
      : `As it was after event ${count(props.moment.at)} of the log of conversations`;
  useKeys({ Escape: () => navigate('?') });
  return (
    <div class="notice rest row spread wrap" role="status">
      <span>
        {props.fault ?? words()}
        {props.isWaiting && '…'}
      </span>
      <span class="row wrap">
        <Show when={turn() > 1}>
          <A class="button slim" href={`?turn=${turn() - 1}`}>
            Turn before
          </A>
        </Show>
        <Show when={turn() < last()}>
          <A class="button slim" href={`?turn=${turn() + 1}`}>
            Turn after
          </A>
        </Show>
        <Show when={isOwn(props.shown) && turn() > 0 && props.shown.status !== 'erased'}>
          <Button slim icon="route" onClick={() => void fork(props.shown.id, turn())}>
            Fork here
          </Button>
        </Show>
        <A class="button slim primary" href="?" title="Esc">
          Back to now
        </A>
      </span>
    </div>
  );
}
