/** One conversation: read, gone on with, and as it was at any turn. */
import { A, useParams, useSearchParams } from '@solidjs/router';
import { createEffect, createMemo, Match, Show, Switch, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Tabs } from '../../design/Tabs.tsx';
import { ask } from '../../live/ask.ts';
import type { Conversation } from '../../live/conversationCommands.ts';
import { isOwn, talkOf, type Talk } from '../../live/talk.ts';
import { statusInWords, titleOf, toneOfStatus } from '../../words/conversations.ts';
import { switchArchived, useFork } from '../conversations/ConversationMenu.tsx';
import { About } from './About.tsx';
import { Actions } from './Actions.tsx';
import { Composer } from './Composer.tsx';
import { History } from './History.tsx';
import { conversationThen, momentIn } from './then.ts';
import { ThenBar } from './ThenBar.tsx';
import { Thread } from './Thread.tsx';
import { TurnTable } from './TurnTable.tsx';
import './conversation.css';

type Params = { tab?: string; at?: string; turn?: string };

const Crumb = (): JSX.Element => <A href="/conversations">Conversations</A>;

const Missing = (props: { of: Talk }): JSX.Element => (
  <Frame title="Conversation" crumb={<Crumb />}>
    <Switch fallback={<Empty title="Loading">The conversation is being read.</Empty>}>
      <Match when={props.of.fault()?.status === 404}>
        <Empty
          title="There is no such conversation"
          action={
            <A href="/conversations" class="button">
              Go to all conversations
            </A>
          }
        >
          The address may be mistyped.
        </Empty>
      </Match>
      <Match when={props.of.fault()}>
        {(fault) => (
          <Empty
            title="The conversation cannot be read"
            action={<Button onClick={props.of.again}>Try again</Button>}
          >
            {fault().message}
          </Empty>
        )}
      </Match>
    </Switch>
  </Frame>
);

const Hidden = (props: { of: Conversation }): JSX.Element => (
  <section class="card">
    <Empty
      title="What was said is hidden"
      action={
        <A href="/settings?q=operators_read_conversations" class="button">
          Go to the setting
        </A>
      }
    >
      It is a conversation of the client {props.of.owner}. Operators see that it exists, and its
      numbers. Where the setting <code>operators_read_conversations</code> is on they may read it
      too, and each reading is noted in the audit log.
    </Empty>
  </section>
);

const Erased = (): JSX.Element => (
  <section class="card">
    <Empty
      title="This conversation was erased"
      action={
        <A href="/conversations" class="button">
          Go to all conversations
        </A>
      }
    >
      Nobody can read what was said any more. What is left is that it was, and what happened when.
    </Empty>
  </section>
);

function Talking(props: { of: Conversation; talk: Talk }): JSX.Element {
  const fork = useFork();
  return (
    <>
      <Show when={!isOwn(props.of)}>
        <div class="notice rest row spread wrap">
          <span>
            This is what the client {props.of.owner} said. Your reading it is noted in the audit
            log.
          </span>
          <Show when={props.talk.isBehind()}>
            <Button slim onClick={props.talk.again}>
              There is more: read again
            </Button>
          </Show>
        </div>
      </Show>
      <Thread
        of={props.of}
        running={props.talk.running()}
        onFork={isOwn(props.of) ? (turn) => void fork(props.of.id, turn) : undefined}
      />
      <Show when={isOwn(props.of)}>
        <Show
          when={props.of.status === 'archived'}
          fallback={<Composer talk={props.talk} model={props.of.model} />}
        >
          <div class="notice row spread wrap">
            It is archived: it is read and not gone on with.
            <Button slim onClick={() => void switchArchived(props.of)}>
              Take out of the archive
            </Button>
          </div>
        </Show>
      </Show>
    </>
  );
}

function One(props: { id: string }): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const talk = talkOf(props.id);
  const moment = createMemo(() => momentIn(params));
  const then = ask(
    () => {
      const [wanted, now] = [moment(), talk.conversation()];
      return wanted && now ? ([now, wanted] as const) : undefined;
    },
    ([now, wanted]) => conversationThen(now, wanted),
  );
  const shown = () => (moment() ? then.value() : undefined) ?? talk.conversation();
  const tab = () => params.tab ?? 'talk';
  createEffect(() => {
    if (moment()) document.documentElement.scrollTop = 0;
  });
  return (
    <Show when={shown()} fallback={<Missing of={talk} />}>
      {(one) => (
        <Frame
          title={titleOf(one())}
          crumb={<Crumb />}
          beside={
            <Badge status={one().status} tone={toneOfStatus(one().status)}>
              {statusInWords(one().status)}
            </Badge>
          }
          actions={<Show when={talk.conversation()}>{(now) => <Actions of={now()} />}</Show>}
        >
          <About of={one()} />
          <Show when={talk.fault()}>
            {(fault) => (
              <div class="notice bad row spread">
                {fault().message}
                <Button slim onClick={talk.again}>
                  Try again
                </Button>
              </div>
            )}
          </Show>
          <div class="talk">
            <Tabs
              label="Views of the conversation"
              value={tab()}
              tabs={[
                { value: 'talk', text: 'Conversation' },
                { value: 'turns', text: 'Turns', number: one().turns.length },
                { value: 'history', text: 'History' },
              ]}
              onInput={(value) => setParams({ tab: value === 'talk' ? null : value })}
            >
              <Show when={moment()}>
                {(at) => (
                  <ThenBar
                    moment={at()}
                    fault={then.fault()}
                    isWaiting={then.isWaiting()}
                    shown={one()}
                    now={talk.conversation()}
                  />
                )}
              </Show>
              <Switch>
                <Match when={tab() === 'turns'}>
                  <section class="card">
                    <TurnTable of={one()} />
                  </section>
                </Match>
                <Match when={tab() === 'history'}>
                  <section class="card padded">
                    <History id={props.id} />
                  </section>
                </Match>
                <Match when={one().content === 'hidden'}>
                  <Hidden of={one()} />
                </Match>
                <Match when={one().content === 'erased'}>
                  <Erased />
                </Match>
                <Match when={moment()}>
                  <Thread of={one()} running={undefined} onFork={undefined} isPast />
                </Match>
                <Match when={true}>
                  <Talking of={one()} talk={talk} />
                </Match>
              </Switch>
            </Tabs>
          </div>
        </Frame>
      )}
    </Show>
  );
}

export function Page(): JSX.Element {
  const params = useParams<{ id: string }>();
  return (
    <Show when={params.id} keyed>
      {(id) => <One id={id} />}
    </Show>
  );
}
