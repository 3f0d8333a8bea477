/** Puts an answer together from its pieces, in the order in which they come. */
import type { MessagePart, ToolCallPart } from '../../events/neutralMessage.ts';
import type { Dialect } from '../../events/provider.ts';
import type { AnswerDelta } from './form.ts';
import { inputOf } from './toolInput.ts';

type TextDraft = { type: 'text'; text: string; isRefusal: boolean; signature: string | undefined };
type ThinkingDraft = { type: 'thinking'; text: string; signature: string | undefined };
type CallDraft = {
  type: 'toolCall';
  id: string;
  name: string;
  json: string;
  /** In the place of `json` where it came as a value. */
  input: unknown;
  signature: string | undefined;
};
type Draft = TextDraft | ThinkingDraft | CallDraft | { type: 'part'; part: MessagePart };

type CallBegin = Readonly<{ id: string; name: string; signature?: string | undefined }>;

const signed = (signature: string | undefined) => (signature === undefined ? {} : { signature });

export function createAssembly(dialect: Dialect, offeredName: (name: string) => string) {
  const drafts: Draft[] = [];
  const calls = new Map<string, CallDraft>();
  let deltas: AnswerDelta[] = [];
  let isBroken = false;

  /** The draft that goes on; none right after a break. */
  const last = (): Draft | undefined => (isBroken ? undefined : drafts.at(-1));

  function add<One extends Draft>(draft: One): One {
    drafts.push(draft);
    isBroken = false;
    return draft;
  }

  function partOf(draft: Draft): MessagePart {
    switch (draft.type) {
      case 'text':
        return {
          type: 'text',
          text: draft.text,
          ...(draft.isRefusal ? { isRefusal: true } : {}),
          ...signed(draft.signature),
        };
      case 'thinking':
        return { type: 'thinking', text: draft.text, dialect, ...signed(draft.signature) };
      case 'toolCall': {
        const { id, name, json, input, signature } = draft;
        const read = input === undefined ? inputOf(json) : input;
        return { type: 'toolCall', id, name: offeredName(name), input: read, ...signed(signature) };
      }
      case 'part':
        return draft.part;
      default:
        return draft satisfies never;
    }
  }

  return {
    text(said: string, more: { isRefusal?: boolean; signature?: string | undefined } = {}): void {
      const { isRefusal = false, signature } = more;
      if (said === '' && signature === undefined) return;
      if (said !== '') deltas.push({ type: 'text', text: said });
      const draft = last();
      const goesOn =
        draft?.type === 'text' &&
        draft.isRefusal === isRefusal &&
        draft.signature === undefined &&
        signature === undefined;
      if (goesOn) draft.text += said;
      else add({ type: 'text', text: said, isRefusal, signature });
    },

    thinking(said: string, signature?: string): void {
      if (said === '' && signature === undefined) return;
      if (said !== '') deltas.push({ type: 'thinking', text: said });
      const draft = last();
      if (draft?.type !== 'thinking' || (draft.signature !== undefined && said !== '')) {
        add({ type: 'thinking', text: said, signature });
        return;
      }
      draft.text += said;
      if (signature !== undefined) draft.signature = signature;
    },

    /** Begins a call, or says more of how it begins. */
    call(key: string, { id, name, signature }: CallBegin): void {
      const begun = calls.get(key);
      const draft =
        begun ?? add({ type: 'toolCall', id, name: '', json: '', input: undefined, signature });
      calls.set(key, draft);
      draft.signature ??= signature;
      if (draft.name !== '' || name === '') return;
      draft.name = name;
      deltas.push({ type: 'toolCall', id: draft.id, name: offeredName(name) });
    },

    /** More of the text of a call's input. */
    input(key: string, json: string): void {
      const draft = calls.get(key);
      if (!draft || json === '') return;
      draft.json += json;
      deltas.push({ type: 'toolInput', id: draft.id, json });
    },

    wholeInput(key: string, input: unknown): void {
      const draft = calls.get(key);
      if (!draft || input === undefined) return;
      draft.input = input;
      deltas.push({ type: 'toolInput', id: draft.id, json: JSON.stringify(input) });
    },

    part(part: MessagePart): void {
      add({ type: 'part', part });
      if (part.type !== 'image' || !('data' in part)) return;
      deltas.push({ type: 'image', mediaType: part.mediaType, data: part.data });
    },

    /** What comes now is a part of its own. */
    breaks(): void {
      isBroken = true;
    },

    /** Of the call under this key, where it has begun. */
    idOf: (key: string): string | undefined => calls.get(key)?.id,
    callCount: (): number => calls.size,
    parts: (): MessagePart[] => drafts.map(partOf),
    isEmpty: (): boolean => drafts.length === 0,

    /** What was added since it was asked last. */
    deltas(): AnswerDelta[] {
      const added = deltas;
      deltas = [];
      return added;
    },
  };
}

/** Many vendors say `stop` where they stopped to call. */
export function hasCall(parts: readonly MessagePart[]): boolean {
  return parts.some((part): part is ToolCallPart => part.type === 'toolCall');
}
