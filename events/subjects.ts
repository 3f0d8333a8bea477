/** The only place that spells a stream or a subject. */
import { controlKinds, type ActorRef, type ControlKind } from './event.ts';
import { isActorId } from './ids.ts';

/**
 * CONTROL and CONVERSATIONS: transitions, kept for ever; of conversations nobody has all in memory. TRAFFIC:
 * observations, kept by age and size.
 */
export type StreamName = 'CONTROL' | 'CONVERSATIONS' | 'TRAFFIC';

export const controlSubjects = 'sbx.control.*.*';
export const conversationSubjects = 'sbx.conversation.*';
export const trafficSubjects = 'sbx.traffic.*';

/** Bodies that were recorded, encrypted: no events, and kept apart from them so that they can be aged out and erased. */
export const bodiesStream = 'BODIES';
export const bodiesSubjects = 'sbx.bodies.*.*';

/** A recorded body has its own subject, so that it is found without an index. */
export const bodySubject = (requestId: string, part: 'request' | 'response'): string =>
  `sbx.bodies.${requestId}.${part}`;

/** The KV bucket of encrypted secrets; a bucket's stream is called `KV_` and its name. */
export const vaultBucket = 'secrets';

/** The KV bucket of the conversations' data keys, encrypted. */
export const conversationKeyBucket = 'conversation-keys';

/** The object store of what is too large for an event, encrypted; its stream is called `OBJ_` and its name. */
export const conversationObjectBucket = 'conversation-objects';

/** An actor's own subject: all of its events, and nothing else. */
export const actorSubject = ({ kind, id }: ActorRef): string =>
  kind === 'conversation' ? `sbx.conversation.${id}` : `sbx.control.${kind}.${id}`;

/** The stream in which an actor's events are. */
export const streamOf = ({ kind }: ActorRef): 'CONTROL' | 'CONVERSATIONS' =>
  kind === 'conversation' ? 'CONVERSATIONS' : 'CONTROL';

/** The subject of one gateway's traffic. */
export const trafficSubject = (gatewayId: string): string => `sbx.traffic.${gatewayId}`;

/** All actors of one kind. */
export const kindSubjects = (kind: ControlKind): string => `sbx.control.${kind}.*`;

/** Where a gateway process says whether a turn is under way in it: a question, never stored. */
export const turnSubject = (gatewayId: string, startId: string): string =>
  `sbx.turn.${gatewayId}.${startId}`;

/** Where a gateway process says how others reach it for sessions that it holds: a question, never stored. */
export const doorSubject = (gatewayId: string): string => `sbx.door.${gatewayId}`;

const isKind = (text: string | undefined): text is ControlKind =>
  controlKinds.some((kind) => kind === text);

/** The actor whose subject this is; undefined for a subject of no kind known here. */
export function actorOfSubject(subject: string): ActorRef | undefined {
  const [root, stream, kind, id, more] = subject.split('.');
  const isConversation = root === 'sbx' && stream === 'conversation' && id === undefined;
  if (isConversation && kind !== undefined && isActorId(kind)) return { kind: stream, id: kind };
  if (root !== 'sbx' || stream !== 'control' || more !== undefined) return undefined;
  if (!isKind(kind) || id === undefined || !isActorId(id)) return undefined;
  return { kind, id };
}
