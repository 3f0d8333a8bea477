/** Reads many streams at once, one after the other on each connection, and counts their events. Run as a process of its own. */
import { eventMark } from '../measure/vendorAnswer.ts';
import { requestBytes, type WireRequest } from './wire.ts';

export type CountJob = WireRequest &
  Readonly<{
    streams: number;
    /** Of each stream; a stream of more or fewer is a failure. */
    events: number;
    /** Not counted: until all streams flow. */
    warmUpSeconds: number;
    seconds: number;
  }>;

export type CountResult = Readonly<{
  perSecond: number;
  /** All that came, the warm-up's too. */
  events: number;
  failures: readonly string[];
}>;

const endOfAnswer = '\r\n0\r\n\r\n';
const mostFailuresShown = 3;

export async function countEvents(job: CountJob): Promise<CountResult> {
  const request = requestBytes(job);
  const failures: string[] = [];
  let isOver = false;
  let counted = 0;

  const fail = (why: string) => {
    if (!isOver && failures.length < mostFailuresShown) failures.push(why);
  };
  const connect = () => {
    let seen = -1;
    let tail = '';
    return Bun.connect({
      hostname: '127.0.0.1',
      port: job.port,
      socket: {
        data(socket, came) {
          if (seen === -1) {
            const text = came.toString('latin1', 0, 1_000);
            if (!text.startsWith('HTTP/1.1 200')) fail(`an answer begins with ${text}`);
            seen = 0;
          }
          let marks = 0;
          // An event has one mark and a mark is one byte: however the bytes are cut, none is counted twice.
          for (let at = came.indexOf(eventMark); at !== -1; at = came.indexOf(eventMark, at + 1))
            marks += 1;
          seen += marks;
          counted += marks;
          if (seen < job.events) return;
          tail = `${tail}${came.toString('latin1', Math.max(0, came.length - endOfAnswer.length))}`;
          tail = tail.slice(-endOfAnswer.length);
          if (tail !== endOfAnswer) return;
          if (seen !== job.events) fail(`a stream had ${seen} events`);
          seen = -1;
          tail = '';
          if (!isOver) socket.write(request);
        },
        close: () => fail('a connection was closed'),
        error: (_socket, error) => fail(error.message),
      },
    });
  };
  const sockets = await Promise.all(Array.from({ length: job.streams }, connect));
  for (const socket of sockets) socket.write(request);
  await Bun.sleep(job.warmUpSeconds * 1_000);
  const startMs = performance.now();
  const before = counted;
  await Bun.sleep(job.seconds * 1_000);
  const perSecond = ((counted - before) / (performance.now() - startMs)) * 1_000;
  isOver = true;
  for (const socket of sockets) socket.terminate();
  return { perSecond, events: counted, failures };
}

if (import.meta.main) {
  console.log(JSON.stringify(await countEvents(JSON.parse(process.argv[2] ?? '{}') as CountJob)));
  process.exit();
}
