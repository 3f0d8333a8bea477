/** A look at what was recorded of a request or of a tool's call, which is an event before anything is shown. */
import { operatorKind } from '../../actors/operator/operator.ts';
import type { Cause } from '../../events/event.ts';
import { actorId } from '../../events/ids.ts';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { keepMsOf, type RecordedBodies } from './bodies.ts';

/** As long as there are no users there is one operator. */
const operator = actorId('admin');
const requestId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws {Problem} that says why there is nothing to see. @throws {LogUnavailable} */
export async function readBodies(
  services: Services,
  id: string,
  cause: Cause,
  find: (services: Services, id: string) => Promise<{ atMs: number } | undefined>,
  notFound: (id: string) => Problem,
): Promise<RecordedBodies> {
  const found = requestId.test(id) ? await services.bodies.read(id) : 'nothing';
  if (typeof found === 'object') {
    const command = { type: 'ReadRequestBody', requestId: id } as const;
    await services.runtime.of(operatorKind).ask(operator, command, cause);
    return found;
  }
  const request = await find(services, id);
  if (!request) throw notFound(id);
  const { recordingDays } = services.settings.values;
  if (found === 'aged-out' || request.atMs < services.now() - keepMsOf(services.settings)) {
    const detail = `Bodies are kept for ${recordingDays} days (recording_days); this request is older.`;
    throw new Problem(404, 'BODY_AGED_OUT', detail);
  }
  const detail =
    'The bodies of this request were not recorded: neither a setting (record_bodies, record_tool_calls) nor its client or route asked ' +
    'for it, or the log was away. A body may also have made room for younger ones.';
  throw new Problem(404, 'BODY_NOT_RECORDED', detail);
}
