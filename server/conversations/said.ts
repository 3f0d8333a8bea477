/** What is sealed of a conversation, and how it is read back: questions, answers, and what a fork took over. */
import type { ConversationContext, Turn } from '../../actors/conversation/context.ts';
import type { NeutralMessage, NeutralTool, ToolChoice } from '../../events/neutralMessage.ts';
import type { Contents } from './contents.ts';

/** A turn's question, with what was asked for in it alone. */
export type Asked = Readonly<{
  message: NeutralMessage;
  system?: string | undefined;
  tools?: readonly NeutralTool[] | undefined;
  toolChoice?: ToolChoice | undefined;
  maxTokens?: number | undefined;
  temperature?: number | undefined;
}>;

/** What came of an answer, and after how much. */
export type Part = Readonly<{ atChars: number; text: string }>;

/** A turn that can be read. */
export type ReadTurn = Readonly<
  Omit<Turn, 'question' | 'answer' | 'parts' | 'fault'> & {
    question: Asked;
    /** The whole answer, or what came of one that broke off; null where nothing came. */
    answer: NeutralMessage | null;
    /** Why there is no whole answer. */
    fault: Readonly<{ code: string; reason: string; status: number | null }> | null;
  }
>;

/** The labels under which contents are sealed. */
export const labels = {
  title: 'title',
  system: 'system',
  history: 'history',
  question: (turnId: string) => `question ${turnId}`,
  answer: (turnId: string) => `answer ${turnId}`,
  part: (turnId: string) => `part ${turnId}`,
  reason: (turnId: string) => `reason ${turnId}`,
} as const;

const answerOfText = (text: string): NeutralMessage | null =>
  text === '' ? null : { role: 'assistant', parts: [{ type: 'text', text }] };

/** As much of a conversation as is needed to read its title. */
export type Titled = Pick<ConversationContext, 'keyRef' | 'title'>;

export type Said = Readonly<{
  /** All turns in order, those of the conversation that this one was forked from first. */
  turns(context: ConversationContext, before?: number): Promise<readonly ReadTurn[]>;
  turn(context: ConversationContext, turn: Turn): Promise<ReadTurn>;
  /** What has come of a running or interrupted answer. */
  textOfParts(context: ConversationContext, turn: Turn): Promise<string>;
  title(context: Titled): Promise<string | null>;
  system(context: ConversationContext): Promise<string | null>;
}>;

/** @throws {Refusal} GONE when the conversation was erased. @throws {LogUnavailable} */
export function createSaid(contents: Contents): Said {
  const textOfParts: Said['textOfParts'] = async ({ keyRef }, { id, parts }) => {
    let text = '';
    for (const sealed of parts) {
      const part = (await contents.open(keyRef, labels.part(id), sealed)) as Part;
      text = text.slice(0, part.atChars) + part.text;
    }
    return text;
  };

  const faultOf = async (keyRef: string, { id, fault }: Turn): Promise<ReadTurn['fault']> => {
    if (!fault) return null;
    if (fault.kind === 'interrupted') {
      return { code: fault.cause.toUpperCase().replace('-', '_'), reason: '', status: null };
    }
    const reason = (await contents.open(keyRef, labels.reason(id), fault.reason)) as string;
    return { code: fault.code, reason, status: fault.status };
  };

  const turn: Said['turn'] = async (context, sealed) => {
    const { keyRef } = context;
    const { question, answer, parts: _parts, fault: _fault, ...plain } = sealed;
    const asked = (await contents.open(keyRef, labels.question(sealed.id), question)) as Asked;
    const message = answer
      ? ((await contents.open(keyRef, labels.answer(sealed.id), answer)) as NeutralMessage)
      : answerOfText(await textOfParts(context, sealed));
    return { ...plain, question: asked, answer: message, fault: await faultOf(keyRef, sealed) };
  };

  const text = async (
    label: string,
    { keyRef }: Pick<ConversationContext, 'keyRef'>,
    content: Turn['question'] | null,
  ) => (content === null ? null : ((await contents.open(keyRef, label, content)) as string));

  return {
    async turns(context, before = Infinity) {
      const { inherited, keyRef } = context;
      const turns = inherited
        ? [...((await contents.open(keyRef, labels.history, inherited.history)) as ReadTurn[])]
        : [];
      for (const one of context.turns) {
        if (one.number < before) turns.push(await turn(context, one));
      }
      return turns;
    },
    turn,
    textOfParts,
    title: (context) => text(labels.title, context, context.title),
    system: (context) => text(labels.system, context, context.systemPrompt),
  };
}
