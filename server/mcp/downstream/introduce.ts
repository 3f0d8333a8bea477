/** What the gateway says of itself, or of the one server in view, at the start of a conversation. */
import { SERVER_INFO_META_KEY } from '../rpc/words.ts';
import type { Catalog, View } from '../catalog.ts';
import type { Json } from '../rpc/message.ts';
import { modernVersion } from '../upstream/session.ts';

export type Introduction = Readonly<{
  capabilities: Json;
  serverInfo: Json;
  instructions: string | null;
}>;

const everything: Json = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
};

const ttlMs = 5_000;

export function createIntroductions(catalog: Catalog, version: string) {
  const own: Json = { name: 'signalbox', title: 'Signalbox', version };

  return (view: View): Introduction => {
    const context = view === null ? undefined : catalog.server(view);
    if (!context) return { capabilities: everything, serverInfo: own, instructions: null };
    const { capabilities, serverInfo, instructions, describedAtMs } = context;
    // Nobody has met it yet: it may turn out to have anything.
    return {
      capabilities: describedAtMs === null ? everything : capabilities,
      serverInfo: (serverInfo as Json | null) ?? own,
      instructions,
    };
  };
}

export const initializeResult = (
  { capabilities, serverInfo, instructions }: Introduction,
  protocolVersion: string,
): Json => ({
  protocolVersion,
  capabilities,
  serverInfo,
  ...(instructions !== null && { instructions }),
});

export const discoverResult = ({ capabilities, serverInfo, instructions }: Introduction): Json => ({
  resultType: 'complete',
  supportedVersions: [modernVersion],
  capabilities,
  ...(instructions !== null && { instructions }),
  ttlMs,
  cacheScope: 'private',
  _meta: { [SERVER_INFO_META_KEY]: serverInfo },
});
