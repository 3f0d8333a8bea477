/** The actor that a path names, or the problem that there is none. */
import type { ActorsOf, Current } from '../../actors/runtime/runtime.ts';
import { isActorId, type ActorId } from '../../events/ids.ts';
import { Problem } from './problem.ts';

/** @throws {Problem} 400 for what cannot be an id. */
export function idFrom(text: string): ActorId {
  if (isActorId(text)) return text;
  throw new Problem(400, 'INVALID_ID', 'That is no id: ids are made of a-z, 0-9 and -.');
}

/** @throws {Problem} 404 when it is not there, or was removed. */
export function findActor<State extends { value: unknown }>(
  actors: Pick<ActorsOf<State, never, never>, 'get'>,
  text: string,
  code: string,
): Current<State> {
  const id = idFrom(text);
  const current = actors.get(id);
  if (current && current.state.value !== 'removed' && current.state.value !== 'unknown') {
    return current;
  }
  throw new Problem(404, code, `There is no ${id} here.`);
}
