/** Conversations as the rest of the gateway sees them: begun, gone on with, read, forked and erased. */
import type { ConversationContext } from '../../actors/conversation/context.ts';
import { conversationKind } from '../../actors/conversation/conversation.ts';
import type { ConversationState } from '../../actors/conversation/machine.ts';
import { createOnDemand } from '../../actors/runtime/onDemand.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Current } from '../../actors/runtime/runtime.ts';
import type { Cause } from '../../events/event.ts';
import { actorId, isActorId, type ActorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import type { AliveTurns } from './aliveTurns.ts';
import type { Contents } from './contents.ts';
import type { DataKeys } from './dataKeys.ts';
import { erasure } from './erasure.ts';
import { createFollow } from './follow.ts';
import { createRunTurn } from './runTurn.ts';
import type { Asking, Outcome } from './asking.ts';
import { createBeginTurn, type BegunTurn, type Terms, type TurnToBegin } from './beginTurn.ts';
import {
  createRunningTurns,
  type RunningTurn,
  type RunningTurns,
  type Told,
  type TurnEvent,
} from './runningTurns.ts';
import { createSaid, labels, type ReadTurn, type Titled } from './said.ts';
import { createSay, type Say } from './say.ts';

export type Conversation = Readonly<{
  id: ActorId;
  state: ConversationState;
  context: ConversationContext;
  title: string | null;
  systemPrompt: string | null;
}>;

export type Beginning = Readonly<{
  title?: string | null | undefined;
  systemPrompt?: string | null | undefined;
  model?: string | null | undefined;
  maxTokens?: number | null | undefined;
  temperature?: number | null | undefined;
}>;

/**
 * `owner` is the client whose conversation it must be; null where the caller has made sure that anybody's will do.
 * All of them throw Refusal NOT_FOUND for a conversation that is not there, GONE once it was erased, and
 * LogUnavailable while the log is away.
 */
export type Conversations = Readonly<{
  /** Under an id of the caller's own, where one is given. @throws {Refusal} ALREADY_EXISTS, INVALID. */
  start(owner: string, beginning: Beginning, cause: Cause, id?: string): Promise<Conversation>;
  get(id: string, owner: string | null): Promise<Conversation>;
  /** Its turns in order, the running one included. */
  turns(id: string, owner: string | null): Promise<readonly ReadTurn[]>;
  /** Asks the next question. Resolves once the turn has begun: from then on it goes on whoever listens. */
  say: Say;
  /** The same for an answer that comes another way; `answer` tells what comes of it as it comes. */
  record(
    id: string,
    owner: string | null,
    turn: TurnToBegin,
    answer: (running: RunningTurn) => Promise<Outcome>,
  ): Promise<BegunTurn>;
  /** A turn after what was told of it, wherever it runs or ran. */
  follow(
    id: string,
    owner: string | null,
    turnId: string,
    told: Told,
  ): AsyncGenerator<TurnEvent, void>;
  /** Ends the running turn, wherever it runs; what came of it is kept. False where it runs no more. */
  cancel(id: string, owner: string | null, turnId: string): Promise<boolean>;
  rename(id: string, owner: string | null, title: string, cause: Cause): Promise<void>;
  archive(id: string, owner: string | null, isArchived: boolean, cause: Cause): Promise<void>;
  /** Nobody can read it any more. */
  erase(id: string, owner: string | null, cause: Cause): Promise<void>;
  /** A new conversation with all turns up to this one; all there are without one. */
  fork(id: string, owner: string, atTurn: number | null, cause: Cause): Promise<Conversation>;
  titleOf(of: Titled): Promise<string | null>;
  /** A state with what can be read of it, e.g. one of the past. */
  describe(of: Pick<Conversation, 'id' | 'state'>): Promise<Conversation>;
  /** What a state holds, e.g. one of the past. */
  read(context: ConversationContext): Promise<readonly ReadTurn[]>;
  running: Pick<RunningTurns, 'get'>;
  loaded(): number;
  /** Ends the turns under way; may be called twice. */
  stop(): Promise<void>;
}>;

export type ConversationsDeps = Readonly<{
  log: EventLog;
  keys: DataKeys;
  contents: Contents;
  asking: Asking;
  aliveTurns: (here: RunningTurns) => AliveTurns;
  own: Readonly<{ gatewayId: string; startId: string }>;
  terms: Terms;
  ownCause: () => Cause;
  /** True while the gateway cuts short what is under way. */
  isStopping: () => boolean;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

/** Of a title or a system prompt in the first event, where the history of a fork may stand too. */
const mostBesideBytes = 64 * 1024;

const notThere = () => new Refusal('NOT_FOUND', 'there is no such conversation');

function idNamed(name: string): ActorId {
  if (isActorId(name)) return name;
  throw new Refusal('INVALID', 'the id of a conversation has at most 80 of a-z, 0-9 and -');
}

export function createConversations(deps: ConversationsDeps): Conversations {
  const { log, keys, contents, now, onError } = deps;
  const actors = createOnDemand(conversationKind, { log, now, onError });
  const said = createSaid(contents);
  const running = createRunningTurns();
  const alive = deps.aliveTurns(running);
  const ask = (id: string, ...more: [Parameters<typeof actors.ask>[1], Cause]) =>
    actors.ask(actorId(id), ...more);
  const { open: reopen } = actors;
  const erase = erasure({ keys, contents, running, alive, reopen, ask, now });

  /** As the log has it; a turn that its process took with it is ended here. */
  const open = async (id: string, owner: string | null): Promise<Current<ConversationState>> => {
    const current = isActorId(id) ? await actors.open(id) : undefined;
    if (!current || (owner !== null && current.state.context.owner !== owner)) throw notThere();
    if (current.state.value === 'erased') throw new Refusal('GONE', 'the conversation was erased');
    const last = current.state.context.turns.at(-1);
    if (last?.status !== 'running' || (await alive.isAlive(last))) return current;
    const answered = { provider: '', keyId: '', model: '', dialect: null, usage: null };
    const ended = { turnId: last.id, endedAtMs: now(), ...answered, costMicroUsd: null };
    const command = { type: 'InterruptTurn', ...ended, cause: 'gateway-gone' } as const;
    const { state, sequence } = await ask(id, command, deps.ownCause());
    return { id: current.id, state, sequence };
  };

  const shown = async ({
    id,
    state,
  }: Pick<Conversation, 'id' | 'state'>): Promise<Conversation> => {
    const { context } = state;
    const [title, systemPrompt] = [await said.title(context), await said.system(context)];
    return { id, state, context, title, systemPrompt };
  };

  const beginningOf = async (keyRef: string, owner: string, beginning: Beginning) => {
    const { title, systemPrompt, model, maxTokens, temperature } = beginning;
    const sealed = (label: string, text: string | null | undefined) =>
      text ? contents.seal(keyRef, label, text, mostBesideBytes) : null;
    return {
      owner,
      startedAtMs: now(),
      keyRef,
      title: await sealed(labels.title, title),
      systemPrompt: await sealed(labels.system, systemPrompt),
      model: model ?? null,
      maxTokens: maxTokens ?? null,
      temperature: temperature ?? null,
    };
  };

  const newId = () => actorId(Bun.randomUUIDv7());
  const runTurn = createRunTurn({ ...deps, said, ask });
  const beginTurn = createBeginTurn({ ...deps, open, ask, running, runTurn });
  const say = createSay({ ...deps, beginTurn, said, running });

  return {
    async start(owner, beginning, cause, named) {
      const id = named === undefined ? newId() : idNamed(named);
      const keyRef = await keys.make(id);
      const data = await beginningOf(keyRef, owner, beginning);
      try {
        return await shown({
          id,
          ...(await ask(id, { type: 'StartConversation', ...data }, cause)),
        });
      } catch (error) {
        if (error instanceof Refusal) await keys.erase(keyRef);
        throw error;
      }
    },

    get: async (id, owner) => shown(await open(id, owner)),
    turns: async (id, owner) => said.turns((await open(id, owner)).state.context),
    say,
    record: beginTurn,
    follow: createFollow({ open, said, running }),

    async cancel(id, owner, turnId) {
      const { context } = (await open(id, owner)).state;
      const turn = context.turns.find((one) => one.id === turnId);
      return turn?.status === 'running' && alive.cancel(turn);
    },

    async rename(id, owner, title, cause) {
      const { keyRef } = (await open(id, owner)).state.context;
      const sealed = await contents.seal(keyRef, labels.title, title);
      await ask(id, { type: 'RenameConversation', title: sealed }, cause);
    },

    async archive(id, owner, isArchived, cause) {
      await open(id, owner);
      const type = isArchived ? 'ArchiveConversation' : 'UnarchiveConversation';
      await ask(id, { type }, cause);
    },

    async erase(id, owner, cause) {
      await erase(await open(id, owner), cause);
    },

    async fork(id, owner, atTurn, cause) {
      const from = await shown(await open(id, owner));
      const turns = (await said.turns(from.context)).filter(({ status }) => status !== 'running');
      const last = atTurn ?? turns.at(-1)?.number ?? 0;
      if (!turns.some(({ number }) => number === last))
        throw new Refusal('INVALID', `the conversation has no turn ${last} that is over`);
      const fork = newId();
      const keyRef = await keys.make(fork);
      const { model, maxTokens, temperature } = from.context;
      const beginning = { ...from, model, maxTokens, temperature };
      const data = await beginningOf(keyRef, owner, beginning);
      const taken = turns.filter(({ number }) => number <= last);
      const history = await contents.seal(keyRef, labels.history, taken);
      const command = {
        type: 'ForkConversation',
        ...data,
        from: id,
        atTurn: last,
        history,
      } as const;
      return shown({ id: fork, ...(await ask(fork, command, cause)) });
    },

    titleOf: said.title,
    describe: shown,
    read: said.turns,
    running,
    loaded: actors.loaded,
    async stop() {
      for (const turn of running.all()) turn.cancel('stopping');
      await Promise.allSettled([...running.all()].map(({ ended }) => ended));
      alive.stop();
      await actors.stop();
    },
  };
}
