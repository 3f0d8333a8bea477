/** What a client offers to speak over its WebSocket. Browsers, which can set no header, put their key in there. */

export type Subprotocols = Readonly<{
  /** The client's key; goes no further than here. */
  credential: string | null;
  /** What the vendor may choose from. */
  offered: readonly string[];
}>;

const carrier = 'openai-insecure-api-key.';

export function readSubprotocols(header: string | null): Subprotocols {
  let credential: string | null = null;
  const offered: string[] = [];
  for (const part of (header ?? '').split(',')) {
    const name = part.trim();
    if (name.toLowerCase().startsWith(carrier)) credential ??= name.slice(carrier.length) || null;
    else if (name !== '') offered.push(name);
  }
  return { credential, offered };
}

/** A browser gives up a connection for which it offered something and nothing was chosen. */
export function chosenSubprotocol(
  offered: readonly string[],
  byVendor: string,
): string | undefined {
  if (offered.includes(byVendor)) return byVendor;
  return offered.includes('realtime') ? 'realtime' : offered[0];
}
