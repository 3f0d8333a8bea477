/** A way on which messages go to one other end, and come from it. */
import type { Asker } from '../asker.ts';
import type { RpcId, RpcMessage } from './message.ts';

export type SendOptions = Readonly<{
  /** For a request: its caller does not want the answer any more. */
  signal?: AbortSignal;
  /** The request of the other end that this message belongs to. */
  relatedTo?: RpcId;
  /** Headers of this message alone, where there are headers. */
  headers?: Readonly<Record<string, string>>;
  /** Who wants it, for a server that needs no wire to be told. */
  asker?: Asker;
}>;

export type LinkListener = Readonly<{
  /** `of` is our request in whose stream it came, where the way can tell. */
  onMessage(message: RpcMessage, of?: RpcId): void;
  /** The answer to this request of ours will not come. */
  onLost?(id: RpcId, error: Error): void;
  /** The stream of this request was ended in good order: the answer is fetched later. */
  onPolled?(id: RpcId): void;
  /** Nothing comes any more; told once. The reason is for people, and holds no secret. */
  onClose(reason: string): void;
}>;

export type Link = Readonly<{
  /** Once, before anything is sent. @throws when nothing can be reached. */
  open(listener: LinkListener): Promise<void>;
  /** @throws {NotSent} when the other end cannot have got it. @throws {SessionGone} */
  send(message: RpcMessage, options?: SendOptions): Promise<void>;
  /** What was agreed on at the start; HTTP names it in each request. */
  agreedOn?(protocolVersion: string): void;
  /** True where a request that is aborted needs no further word: its stream says so. */
  abortSays?(): boolean;
  /** May be called twice. */
  close(): Promise<void>;
}>;

/** The other end cannot have seen the message: sending it again repeats nothing. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** The other end has forgotten the session that the message was sent in. */
export class SessionGone extends Error {
  override readonly name = 'SessionGone';
}

/** The other end wants a credential. */
export class NeedsAuth extends Error {
  override readonly name = 'NeedsAuth';
}

/** The link went down before the answer came: whether the request was carried out is not known. */
export class LinkDown extends Error {
  override readonly name = 'LinkDown';
}

/** No answer in time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Whoever asked does not want the answer any more. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}
