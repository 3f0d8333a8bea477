/** Finds out whether the port is free before anything is started for it. */
import { StartError } from './startError.ts';

const betweenTriesMs = 250;

/** Undefined when the port could be taken (and was given back); else the system's code or message. */
function whyNot(host: string, port: number): string | undefined {
  try {
    Bun.listen({ hostname: host, port, socket: { data() {} } }).stop(true);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  }
}

/** An earlier run may hold the port for a moment longer. @throws {StartError} */
export async function waitForPort(host: string, port: number, withinMs = 10_000): Promise<void> {
  if (port === 0) return;
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const reason = whyNot(host, port);
    if (reason === undefined) return;
    if (reason === 'EACCES' || reason === 'EPERM')
      throw new StartError(
        `this user may not listen on port ${port}: choose one above 1023 with --port`,
      );
    if (reason !== 'EADDRINUSE')
      throw new StartError(
        `${host} is no address of this machine to listen on (${reason}): choose one with --host`,
      );
    if (performance.now() > untilMs)
      throw new StartError(
        `port ${port} on ${host} is taken: stop what listens there, or choose another port with --port`,
      );
    await Bun.sleep(betweenTriesMs);
  }
}
