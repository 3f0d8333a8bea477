/** The resources of the reference server, and who is told when one changes. */
import { ResourceTemplate, type McpServer } from '@modelcontextprotocol/server';
import { pngBase64 } from './tool.ts';

export const watchedUri = 'test://watched-resource';

export function registerResources(server: McpServer): void {
  const text = (name: string, uri: string, words: string) =>
    server.registerResource(name, uri, { mimeType: 'text/plain' }, async () => ({
      contents: [{ uri, mimeType: 'text/plain', text: words }],
    }));
  text('static-text', 'test://static-text', 'This is the content of the static text resource.');
  text('watched-resource', watchedUri, 'Watched resource content');
  const png = { uri: 'test://static-binary', mimeType: 'image/png' };
  server.registerResource('static-binary', png.uri, { mimeType: png.mimeType }, async () => ({
    contents: [{ ...png, blob: pngBase64 }],
  }));
  const mimeType = 'application/json';
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType },
    async (uri, { id }) => {
      const data = { id, templateTest: true, data: `Data for ID: ${String(id)}` };
      return { contents: [{ uri: uri.href, mimeType, text: JSON.stringify(data) }] };
    },
  );
  server.server.setRequestHandler('resources/subscribe', async () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', async () => ({}));
}
