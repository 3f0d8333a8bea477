/** Words of the protocol that the SDK has too: whoever needs these alone does not wait for all of it. */

export const PROTOCOL_VERSION_META_KEY = 'io.modelcontextprotocol/protocolVersion';
export const CLIENT_INFO_META_KEY = 'io.modelcontextprotocol/clientInfo';
export const CLIENT_CAPABILITIES_META_KEY = 'io.modelcontextprotocol/clientCapabilities';
export const SERVER_INFO_META_KEY = 'io.modelcontextprotocol/serverInfo';
export const SUBSCRIPTION_ID_META_KEY = 'io.modelcontextprotocol/subscriptionId';

/** Revisions with sessions, the newest first. */
export const SUPPORTED_PROTOCOL_VERSIONS: readonly string[] = [
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
];
export const LATEST_PROTOCOL_VERSION = '2025-11-25';

const jsonType = /^\s*application\/json\s*(?:;|$)/i;

export const isJsonType = (contentType: string | null): boolean => jsonType.test(contentType ?? '');
