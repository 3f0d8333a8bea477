/** What can be done with one conversation, in a row or on its page. */
import { useNavigate } from '@solidjs/router';
import { createSignal, Match, Switch, type Accessor, type JSX } from 'solid-js';
import { Confirm } from '../../design/Confirm.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { TextField } from '../../design/Field.tsx';
import { plural } from '../../design/format.ts';
import { Menu, type Action } from '../../design/Menu.tsx';
import { say, tell } from '../../design/Toasts.tsx';
import { conversations, type ConversationRow } from '../../live/conversationCommands.ts';
import { isOwn } from '../../live/talk.ts';
import { titleOf } from '../../words/conversations.ts';

export type Asked = 'rename' | 'erase';
type Of = Pick<
  ConversationRow,
  'id' | 'title' | 'owner' | 'status' | 'turn_count' | 'message_count'
>;
type Asks = { of: Of; onClose: () => void };

function Rename(props: Asks): JSX.Element {
  const [title, setTitle] = createSignal(props.of.title ?? '');
  return (
    <Dialog
      title="Rename the conversation"
      submit="Rename"
      onClose={props.onClose}
      onSubmit={async () => {
        await conversations.rename(props.of.id, title().trim());
        say('The conversation was renamed');
      }}
    >
      <TextField
        label="Title"
        value={title()}
        maxLength={200}
        required
        autofocus
        onInput={setTitle}
      />
    </Dialog>
  );
}

const Erase = (props: Asks & { onDone?: (() => void) | undefined }): JSX.Element => (
  <Confirm
    title={`Erase “${titleOf(props.of)}”?`}
    submit="Erase for good"
    work={() => conversations.erase(props.of.id)}
    done="The conversation was erased"
    onClose={props.onClose}
    onDone={props.onDone}
  >
    <p>
      Nobody will be able to read its {plural(props.of.message_count, 'message')} again, not even
      from the log: the key that they are encrypted with is destroyed. This cannot be undone.
    </p>
    <p class="muted">
      The log keeps that there was a conversation, whose, when, and what it cost. Forks of it are
      conversations of their own and stay.
    </p>
  </Confirm>
);

export const ConversationDialogs = (props: {
  of: Of;
  asked: Asked | undefined;
  onClose: () => void;
  onErased?: (() => void) | undefined;
}): JSX.Element => (
  <Switch>
    <Match when={props.asked === 'rename'}>
      <Rename of={props.of} onClose={props.onClose} />
    </Match>
    <Match when={props.asked === 'erase'}>
      <Erase of={props.of} onClose={props.onClose} onDone={props.onErased} />
    </Match>
  </Switch>
);

export const switchArchived = ({ id, status }: Of): Promise<void> =>
  status === 'archived'
    ? tell(conversations.unarchive(id), 'The conversation is open again')
    : tell(conversations.archive(id), 'The conversation was archived');

/** Leads to the fork. */
export function useFork(): (id: string, turn?: number) => Promise<void> {
  const navigate = useNavigate();
  return (id, turn) =>
    tell(
      conversations.fork(id, turn).then((fork) => navigate(`/conversations/${fork.id}`)),
      'This is the fork: the other conversation stays as it is',
    );
}

export function ConversationMenu(props: { of: Accessor<ConversationRow> }): JSX.Element {
  const [asked, setAsked] = createSignal<Asked>();
  const fork = useFork();
  const actions = (): readonly Action[] => {
    const one = props.of();
    const own: readonly Action[] = [
      { text: 'Rename…', run: () => setAsked('rename') },
      ...(one.turn_count > 0 ? [{ text: 'Fork', run: () => void fork(one.id) }] : []),
      {
        text: one.status === 'archived' ? 'Take out of the archive' : 'Archive',
        run: () => void switchArchived(one),
      },
    ];
    const erase = { text: 'Erase…', danger: true, run: () => setAsked('erase') };
    return isOwn(one) ? [...own, erase] : [erase];
  };
  return (
    <>
      <Menu label={`What to do with ${titleOf(props.of())}`} actions={actions()} />
      <ConversationDialogs of={props.of()} asked={asked()} onClose={() => setAsked(undefined)} />
    </>
  );
}
