/** One case with every official SDK in both ways, side by side. */
import { sdksAndWays, type SdkVersion, type Way } from './sdkAsking.ts';

export type ByName = Record<string, unknown>;

/** Asks with every SDK in both ways at once; what comes of it stands under their names. */
export async function ofAll(ask: (sdk: SdkVersion, way: Way) => Promise<unknown>): Promise<ByName> {
  const results = await Promise.all(
    sdksAndWays.map(async ([name, sdk, way]) => [name, await ask(sdk, way)] as const),
  );
  return Object.fromEntries(results);
}

/** What it should come to. */
export const expected = (of: (sdk: SdkVersion, way: Way) => unknown): ByName =>
  Object.fromEntries(sdksAndWays.map(([name, sdk, way]) => [name, of(sdk, way)]));

export type SdkError = Error & Readonly<{ status?: number; headers?: Headers }>;

type Told = Readonly<{ type: unknown; words: unknown; code: unknown; retryDelay: unknown }>;

/** What the SDKs make of an error's body: each shows it in its own place. */
export function toldBy({ dialect }: SdkVersion, error: SdkError): Told {
  const shown = dialect === 'gemini' ? JSON.parse(error.message) : error;
  const body = dialect === 'anthropic' ? shown.error.error : shown.error;
  const { message: words } = body;
  if (dialect === 'openai') return { ...nothing, words, type: shown.type, code: shown.code };
  if (dialect === 'anthropic')
    return { ...nothing, words, type: body.type, code: body.details?.error_code };
  const details = (body.details ?? []) as { reason?: string; retryDelay?: string }[];
  const code = details.find(({ reason }) => reason)?.reason?.toLowerCase();
  const retryDelay = details.find((one) => one.retryDelay)?.retryDelay;
  return { words, type: body.status, code, retryDelay };
}

const nothing = { retryDelay: undefined };
