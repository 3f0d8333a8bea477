/** Finished requests and calls of tools: from the read models, and from the log what those do not hold yet. */
import type { ReadModels } from '../../events/projections/readModels.ts';
import type { EventLog } from '../../events/log.ts';
import type { TrafficEvent } from '../../events/traffic.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { PartialCursor } from '../live/cursor.ts';
import { requestOfEvent, type Request } from '../present/request.ts';
import { toolCallOfEvent, type ToolCall } from '../present/toolCall.ts';
import { Problem } from '../http/problem.ts';

type Sources = Readonly<{ log: EventLog; readModels: ReadModels; runtime: Runtime }>;

/** Batches of traffic looked through for a request that is not projected yet. */
const unprojectedAtMost = 64;

const projectedTo = ({ readModels }: Pick<Sources, 'readModels'>): number | undefined =>
  readModels.positions().find(({ stream }) => stream === 'TRAFFIC')?.sequence;

/** Where the live stream goes on from what the read models show. */
export function trafficPosition({ readModels, runtime }: Sources): PartialCursor {
  return { control: runtime.position(), traffic: projectedTo({ readModels }) ?? 0 };
}

/**
 * An empty list must mean that there is nothing.
 * @throws {Problem} READ_MODELS_NOT_READY while there is traffic and nothing of it is projected.
 */
export async function assertProjected({ log, readModels }: Sources): Promise<void> {
  if (projectedTo({ readModels }) !== undefined) return;
  const { firstSequence, lastSequence } = await log.state('TRAFFIC');
  if (lastSequence < firstSequence) return;
  const detail =
    'The read models are missing or being made anew from the log; the projector does that by itself. Try again shortly.';
  throw new Problem(503, 'READ_MODELS_NOT_READY', detail, { 'retry-after': '2' });
}

/**
 * An event with this id that is in the log and was in no read model yet.
 * @param seenTo where the read models stood before they were asked for it: they go on meanwhile.
 */
async function findUnprojected(
  sources: Sources,
  id: string,
  seenTo = 0,
): Promise<TrafficEvent | undefined> {
  const { log } = sources;
  const { lastSequence } = await log.state('TRAFFIC');
  const after = Math.max(seenTo, lastSequence - unprojectedAtMost);
  if (after < lastSequence) {
    for (const { events } of await log.readTraffic(after, lastSequence)) {
      for (const event of events) if (event.id === id) return event;
    }
  }
  await assertProjected(sources);
  return undefined;
}

export async function findRequest(sources: Sources, id: string): Promise<Request | undefined> {
  const seenTo = projectedTo(sources);
  const projected = sources.readModels.requestById(id);
  if (projected) return projected;
  const event = await findUnprojected(sources, id, seenTo);
  return event?.type === 'RequestFinished' ? requestOfEvent(event) : undefined;
}

export async function findToolCall(sources: Sources, id: string): Promise<ToolCall | undefined> {
  const seenTo = projectedTo(sources);
  const projected = sources.readModels.toolCallById(id);
  if (projected) return projected;
  const event = await findUnprojected(sources, id, seenTo);
  return event?.type === 'ToolCalled' ? toolCallOfEvent(event) : undefined;
}
