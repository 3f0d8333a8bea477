/** A request is found while it moves from the log into the read models. */
import { expect, test } from 'bun:test';
import { newBatchId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import type { ReadModels } from '../../events/projections/readModels.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import { findRequest } from '../../server/history/requests.ts';
import { requestFinished } from '../support/sampleEvents.ts';

test('one that is projected between the two looks is found', async () => {
  const log = memoryLog();
  const event = requestFinished('/v1/chat/completions');
  await log.appendTraffic({ id: newBatchId(), gatewayId: 'here', events: [event] });
  // As SQL answers when the projector commits right after it was asked.
  let sequence = 0;
  const readModels = {
    positions: () => [{ stream: 'TRAFFIC', sequence }],
    requestById() {
      sequence = 1;
      return undefined;
    },
  } as unknown as ReadModels;
  const found = await findRequest({ log, readModels, runtime: {} as Runtime }, event.id);
  expect(found?.id).toBe(event.id);
});
