/** The only place that spells a stream or a subject. */
import { controlKinds, type ActorKind, type ActorRef } from './event.ts';
import { isActorId } from './ids.ts';

/** CONTROL: transitions, kept for ever. TRAFFIC: observations, kept by age and size. */
export type StreamName = 'CONTROL' | 'TRAFFIC';

export const controlSubjects = 'sbx.control.*.*';
export const trafficSubjects = 'sbx.traffic.*';

/** Bodies that were recorded, encrypted: no events, and kept apart from them so that they can be aged out and erased. */
export const bodiesStream = 'BODIES';
export const bodiesSubjects = 'sbx.bodies.*.*';

/** A recorded body has its own subject, so that it is found without an index. */
export const bodySubject = (requestId: string, part: 'request' | 'response'): string =>
  `sbx.bodies.${requestId}.${part}`;

/** The KV bucket of encrypted secrets; a bucket's stream is called `KV_` and its name. */
export const vaultBucket = 'secrets';

/** An actor's own subject: all of its events, and nothing else. */
export const actorSubject = (actor: ActorRef): string => `sbx.control.${actor.kind}.${actor.id}`;

/** The subject of one gateway's traffic. */
export const trafficSubject = (gatewayId: string): string => `sbx.traffic.${gatewayId}`;

/** All actors of one kind. */
export const kindSubjects = (kind: ActorKind): string => `sbx.control.${kind}.*`;

/** Where a gateway process says how others reach it for sessions that it holds: a question, never stored. */
export const doorSubject = (gatewayId: string): string => `sbx.door.${gatewayId}`;

const isKind = (text: string | undefined): text is ActorKind =>
  controlKinds.some((kind) => kind === text);

/** The actor whose subject this is; undefined for a subject of no kind known here. */
export function actorOfSubject(subject: string): ActorRef | undefined {
  const [root, stream, kind, id, more] = subject.split('.');
  if (root !== 'sbx' || stream !== 'control' || more !== undefined) return undefined;
  if (!isKind(kind) || id === undefined || !isActorId(id)) return undefined;
  return { kind, id };
}
