/** A message to a model in a conversation that is kept: told as it is written, ended when nobody wants it any more. */
import type { Cause } from '../../../events/event.ts';
import type { Conversations } from '../../conversations/conversations.ts';
import { textOf } from '../../conversations/follow.ts';
import { nothingTold, type RunningTurn } from '../../conversations/runningTurns.ts';
import type { ReadTurn } from '../../conversations/said.ts';
import type { Utterance } from '../../conversations/say.ts';
import { Cancelled } from '../rpc/link.ts';
import type { Incoming } from '../rpc/peer.ts';
import type { Answer, InputOf } from './offers.ts';
import { ToolFault } from './toolFault.ts';
import type { Whose } from './whose.ts';

type Deps = Readonly<{ conversations: Conversations }>;

/** Progress comes no more often, however small the pieces that a model writes. */
const tellEveryMs = 50;

/** Tells of an answer as it is written; resolves when it is over. */
async function tellOf(turn: RunningTurn, progress: NonNullable<Incoming['progress']>) {
  let toldMs = -Infinity;
  let untold = '';
  let atChars = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    clearTimeout(timer);
    timer = undefined;
    if (untold === '') return;
    progress({ progress: atChars, message: untold });
    toldMs = performance.now();
    untold = '';
  };
  try {
    for await (const event of turn.follow(nothingTold)) {
      if (event.type === 'end') break;
      if (event.delta.type !== 'text') continue;
      untold += event.delta.text;
      atChars = event.atChars;
      const waitMs = toldMs + tellEveryMs - performance.now();
      if (waitMs <= 0) tell();
      else timer ??= setTimeout(tell, waitMs);
    }
  } finally {
    tell();
  }
}

function mustBeCompleted(conversationId: string, { status, fault }: ReadTurn): void {
  if (status === 'completed') return;
  const said = [fault?.code, fault?.reason].filter(Boolean).join(': ');
  const what = status === 'failed' ? 'The model did not answer' : 'The answer broke off';
  const code = status === 'failed' ? 'TURN_FAILED' : 'TURN_INTERRUPTED';
  throw new ToolFault(code, `${what} (${said}). The conversation is ${conversationId}.`);
}

/** @throws {ToolFault|Refusal|LogUnavailable|Cancelled} */
export function createSendMessage({ conversations }: Deps) {
  const begin = async (given: InputOf<'send_message'>, owner: string, cause: Cause) => {
    const { model, max_tokens: maxTokens, temperature, system_prompt: systemPrompt } = given;
    const beginning = { model, maxTokens, temperature, systemPrompt };
    return (await conversations.start(owner, beginning, cause)).id;
  };

  return async (
    given: InputOf<'send_message'>,
    { owner, questioner }: Whose,
    cause: Cause,
    { signal, progress }: Incoming,
  ): Promise<Answer> => {
    const id = given.conversation_id ?? (await begin(given, owner, cause));
    const ofThisAlone = given.conversation_id === undefined ? undefined : given.system_prompt;
    const utterance: Utterance = {
      message: { role: 'user', parts: [{ type: 'text', text: given.message }] },
      model: given.model ?? null,
      system: ofThisAlone,
      maxTokens: given.max_tokens,
      temperature: given.temperature,
      // So that what came is kept, whenever it ends.
      isStreamed: true,
      isPatient: false,
    };
    signal.throwIfAborted();
    const { running } = await conversations.say(id, owner, utterance, questioner, cause);
    const cancel = () => running.cancel('cancelled');
    signal.addEventListener('abort', cancel, { once: true });
    try {
      // Its caller may have left while it was begun.
      if (signal.aborted) cancel();
      if (progress) await tellOf(running, progress);
      const turn = await running.ended;
      if (signal.aborted) throw new Cancelled('the caller does not want the answer any more');
      mustBeCompleted(id, turn);
      const { usage } = turn;
      return {
        success: true,
        data: {
          conversation_id: id,
          message_id: turn.answerId,
          content: textOf(turn.answer),
          model: turn.model,
          usage: usage && { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
        },
      };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}
