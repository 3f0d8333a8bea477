/** What can be done with the conversation that is open. */
import { useNavigate } from '@solidjs/router';
import { createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Menu, type Action } from '../../design/Menu.tsx';
import { exportPath, type Conversation } from '../../live/conversationCommands.ts';
import { isOwn } from '../../live/talk.ts';
import {
  ConversationDialogs,
  switchArchived,
  useFork,
  type Asked,
} from '../conversations/ConversationMenu.tsx';

export function Actions(props: { of: Conversation }): JSX.Element {
  const navigate = useNavigate();
  const fork = useFork();
  const [asked, setAsked] = createSignal<Asked>();
  const isThere = () => props.of.status !== 'erased';
  const hasTurns = () => props.of.turn_count > 0;
  const save = (format: 'json' | 'markdown') => location.assign(exportPath(props.of.id, format));
  const actions = (): readonly Action[] => {
    const erase = { text: 'Erase…', danger: true, run: () => setAsked('erase') };
    if (!isOwn(props.of)) return [erase];
    return [
      { text: 'Export as JSON', run: () => save('json') },
      { text: 'Export as Markdown', run: () => save('markdown') },
      {
        text: props.of.status === 'archived' ? 'Take out of the archive' : 'Archive',
        run: () => void switchArchived(props.of),
      },
      erase,
    ];
  };
  return (
    <Show when={isThere()}>
      <Show when={isOwn(props.of)}>
        <Button icon="edit" onClick={() => setAsked('rename')}>
          Rename
        </Button>
        <Button icon="route" disabled={!hasTurns()} onClick={() => void fork(props.of.id)}>
          Fork
        </Button>
      </Show>
      <Menu label="More to do with this conversation" actions={actions()} />
      <ConversationDialogs
        of={props.of}
        asked={asked()}
        onClose={() => setAsked(undefined)}
        onErased={() => navigate('/conversations')}
      />
    </Show>
  );
}
