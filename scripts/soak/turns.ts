/** Conversations whose gateway is killed in mid-turn: no turn is lost, none is sent twice, each says how it ended. */
import { clientKey } from '../measure/gateway.ts';
import { events } from '../measure/vendorAnswer.ts';
import type { Finding } from './finding.ts';
import { startVictim } from './killing.ts';
import { idHeader, plainAnswer } from './upstream.ts';

const headers = { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` };
const eventGapMs = 15;
/** The whole answer takes about this long; a kill comes at a random moment of it. */
const answerMs = events.length * eventGapMs;

export type TurnsOptions = Readonly<{
  kills: number;
  /** Turns under way at each kill, each in a conversation of its own. */
  atOnce: number;
  onProgress: (line: string) => void;
}>;

type Message = Readonly<{ turn_id: string; role: string; content: string; status: string }>;

/** A vendor that streams slowly and keeps a journal of the turns it was asked. */
function startJournal() {
  const asked = new Map<string, number>();
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch(request) {
      // Whoever looks whether the gateway is back asks for no turn.
      const probe = request.headers.get(idHeader);
      if (probe !== null) return plainAnswer(probe);
      const turnId = request.headers.get('idempotency-key') ?? 'none';
      asked.set(turnId, (asked.get(turnId) ?? 0) + 1);
      let timer: Timer | undefined;
      const body = new ReadableStream<string>({
        start(controller) {
          let next = 0;
          timer = setInterval(() => {
            const event = events[next++];
            if (event !== undefined) controller.enqueue(event);
            if (next < events.length) return;
            clearInterval(timer);
            controller.close();
          }, eventGapMs);
        },
        cancel: () => clearInterval(timer),
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  return { asked, baseUrl: `http://127.0.0.1:${server.port}/v1`, stop: () => server.stop(true) };
}

/** Reads until the stream ends or breaks; the turn's id where it was told one. */
async function sayUntilCut(path: string, content: string): Promise<string | undefined> {
  let text = '';
  try {
    const body = JSON.stringify({ content, stream: true });
    const response = await fetch(`${path}/messages`, { method: 'POST', headers, body });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    // That is the kill.
  }
  return /"turn_id":"([^"]+)"/.exec(text)?.[1];
}

async function begin(origin: string): Promise<string> {
  const body = '{"model":"gpt-4o-mini"}';
  const response = await fetch(`${origin}/api/conversations`, { method: 'POST', headers, body });
  const { id } = (await response.json()) as { id: string };
  return `${origin}/api/conversations/${id}`;
}

async function messagesOf(path: string): Promise<readonly Message[]> {
  const response = await fetch(`${path}/messages?limit=1000`, { headers });
  return ((await response.json()) as { data: Message[] }).data;
}

export async function turnsSection({
  kills,
  atOnce,
  onProgress,
}: TurnsOptions): Promise<Finding[]> {
  const journal = startJournal();
  const victim = await startVictim({
    OPENAI_API_KEYS: 'sk-soak-key-00000000000000000000',
    OPENAI_BASE_URL: journal.baseUrl,
    MAX_CONVERSATION_LENGTH: '10000',
  });
  const { port } = victim.gateway();
  const origin = `http://127.0.0.1:${port}`;
  try {
    const paths = await Promise.all(Array.from({ length: atOnce }, () => begin(origin)));
    const begun = new Set<string>();
    for (let kill = 1; kill <= kills; kill++) {
      const said = paths.map((path) => sayUntilCut(path, `question ${kill}`));
      await Bun.sleep(Math.random() * answerMs);
      await victim.kill('gateway');
      for (const turnId of await Promise.all(said)) if (turnId) begun.add(turnId);
      // Whoever opens a conversation ends the turn that was under way.
      await Promise.all(paths.map(messagesOf));
      if (kill % 10 === 0) onProgress(`${kill} of ${kills} kills, ${begun.size} turns were begun`);
    }
    const messages = (await Promise.all(paths.map(messagesOf))).flat();
    const questions = messages.filter(({ role }) => role === 'user');
    const kept = new Set(questions.map(({ turn_id }) => turn_id));
    const count = (status: string) => questions.filter((one) => one.status === status).length;
    const lost = [...begun].filter((turnId) => !kept.has(turnId)).length;
    const unknown = [...journal.asked.keys()].filter((turnId) => !kept.has(turnId)).length;
    const twice = [...journal.asked.values()].filter((times) => times > 1).length;
    const ended = count('completed') + count('interrupted');
    return [
      {
        what: 'every turn that its client or the vendor heard of is in its conversation',
        found: `${begun.size} begun, ${journal.asked.size} asked; ${lost} and ${unknown} missing`,
        isKept: lost + unknown === 0 && begun.size > 0,
      },
      {
        what: 'the vendor was asked each turn at most once',
        found: `${twice} of ${journal.asked.size} twice`,
        isKept: twice === 0,
      },
      {
        what: 'each turn is completed or interrupted',
        found: `${count('completed')} completed, ${count('interrupted')} interrupted of ${questions.length}`,
        isKept: ended === questions.length && count('interrupted') > 0,
      },
    ];
  } finally {
    await victim.gateway().stop();
    await journal.stop();
  }
}
