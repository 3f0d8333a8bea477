/** A gateway that only records: told by lines on its input, so that a test can kill it in the middle. */
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import { startRecorder } from '../../events/recorder.ts';
import { requestFinished } from './sampleEvents.ts';

const [servers = '', spoolDir = ''] = process.argv.slice(2);
const nc = await connectNats({ servers, name: 'recorder' });
const recorder = await startRecorder({
  log: await openJetStreamLog(nc),
  gatewayId: 'gateway-killed',
  spoolDir,
  now: Date.now,
});

/** Prints a number once all events up to it are safe. */
for (let batch = 1; ; batch++) {
  for (let index = 0; index < 10; index++) recorder.record(requestFinished(`/v1/${batch}`));
  await recorder.flush();
  console.log(batch);
}
