/** Servers that ask back, of two clients at once: whoever is asked is the one whose call it was. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import type { Subprocess } from 'bun';
import { mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { callText } from '../support/mcpProgram.ts';

setDefaultTimeout(60_000);

const path = join(import.meta.dir, '../fixtures/askingProgram.ts');
const callsEach = 25;

let gateway: McpGateway;
let upstream: Subprocess<'ignore', 'pipe', 'inherit'>;
beforeAll(async () => {
  upstream = Bun.spawn([process.execPath, path, 'http'], { stdin: 'ignore', stdout: 'pipe' });
  const { value } = await upstream.stdout.getReader().read();
  const url = new TextDecoder().decode(value).trim();
  gateway = await mcpGateway({
    servers: {
      stdio: { command: process.execPath, args: [path] },
      http: { url },
      shared: { url, stateless: true },
    },
  });
  await Promise.all(['stdio', 'http', 'shared'].map((name) => gateway.connected(name)));
});
afterAll(async () => {
  await gateway?.stop();
  upstream?.kill();
});

/** The same order in each run, and not the one it was. */
function shuffled<T>(items: readonly T[]): T[] {
  let state = 42;
  const weighed = items.map((item) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return { item, weight: state };
  });
  return weighed.toSorted((one, other) => one.weight - other.weight).map(({ item }) => item);
}

test.each(['stdio', 'http', 'shared'])(
  'Of two clients on %s each is asked for its own calls, in whatever order it answers',
  async (server) => {
    const waiting: (() => void)[] = [];
    const all = Promise.withResolvers<void>();
    const turn = (): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      if (waiting.length === callsEach * 4) all.resolve();
      return promise;
    };
    const clientOf = async (name: string) => {
      const client = await mcpClient(`${gateway.url()}/mcp/${server}`, 'legacy');
      client.setRequestHandler('elicitation/create', async ({ params }) => {
        await turn();
        return { action: 'accept' as const, content: { said: `${name} read ${params.message}` } };
      });
      client.setRequestHandler('sampling/createMessage', async ({ params }) => {
        await turn();
        const [asked] = params.messages;
        const read = JSON.stringify(asked?.content).includes(name) ? name : 'somebody else';
        const content = { type: 'text' as const, text: `${name} sampled for ${read}` };
        return { role: 'assistant' as const, model: 'none', content };
      });
      return client;
    };
    const clients = { ada: await clientOf('ada'), bob: await clientOf('bob') };
    const answers = Object.entries(clients).flatMap(([name, client]) =>
      Array.from({ length: callsEach }, async (_, number) => {
        const tag = `${name} ${number}`;
        const [elicited, sampled] = await Promise.all([
          callText(client, 'elicit', { tag }),
          callText(client, 'sample', { tag }),
        ]);
        expect(elicited).toBe(`${tag}: ${name} read ${tag}`);
        expect(sampled).toBe(`${tag}: ${name} sampled for ${name}`);
      }),
    );
    await Promise.race([all.promise, Promise.all(answers)]);
    for (const go of shuffled(waiting)) go();
    await Promise.all(answers);
    expect(waiting).toHaveLength(callsEach * 4);
    await Promise.all(Object.values(clients).map((client) => client.close()));
  },
);
