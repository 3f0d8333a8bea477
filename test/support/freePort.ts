/** Ports for servers that must be told theirs, or come back at it. */

// Below the ports that systems hand out on their own: nobody is given one before its server has it.
const lowest = 20_000;
const count = 12_000;
let next = Math.floor(Math.random() * count);

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

/** A port of loopback that is free, another one at each call. */
export function freePort(): number {
  for (let tries = 0; tries < count; tries += 1) {
    const port = lowest + (next++ % count);
    if (isFree(port)) return port;
  }
  throw new Error(`no port from ${lowest} to ${lowest + count - 1} is free`);
}
