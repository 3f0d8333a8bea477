/** What is said in a conversation, and what is answered. */
import { Elysia, t } from 'elysia';
import type { BegunTurn } from '../conversations/beginTurn.ts';
import { nothingTold } from '../conversations/runningTurns.ts';
import type { ReadTurn } from '../conversations/said.ts';
import { readableOwner } from '../conversations/readers.ts';
import { placeOf, streamHeaders, turnStream } from '../conversations/turnStream.ts';
import { askerOf, ownerOf } from '../conversations/viewers.ts';
import { originalOf } from '../http/aliases.ts';
import type { Door } from '../http/door.ts';
import { idParams, strict } from '../http/fields.ts';
import { Problem, problems } from '../http/problem.ts';
import { messageSchema, messagesOfTurn, presentTurn, turnSchema } from '../present/conversation.ts';
import { neutralParts, neutralTools, offeredTools, saidContent } from '../present/messageParts.ts';
import type { Services } from '../services.ts';

const tags = ['Conversations'];
const turnParams = t.Object({ id: t.String(), turn: t.String() });

const said = t.Object(
  {
    content: saidContent,
    model: t.Optional(t.String({ minLength: 1, maxLength: 200 })),
    max_tokens: t.Optional(t.Integer({ minimum: 1, maximum: 10_000_000 })),
    temperature: t.Optional(t.Number({ minimum: 0, maximum: 2 })),
    system_prompt: t.Optional(t.String({ description: 'for this turn alone' })),
    tools: t.Optional(offeredTools),
    tool_choice: t.Optional(
      t.Union([
        t.Literal('auto'),
        t.Literal('none'),
        t.Literal('required'),
        t.Object({ name: t.String() }, strict),
      ]),
    ),
    stream: t.Optional(t.Boolean()),
    wait: t.Optional(
      t.Boolean({ description: 'for the turn that runs, if one does; else that is a 409' }),
    ),
  },
  strict,
);

/**
 * What the gateway refused is the caller's; so is what a provider refused, but for the credential, which is the
 * gateway's.
 */
function statusOfFault({ fault, provider }: ReadTurn): number {
  const status = fault?.status ?? 502;
  if (provider === '') return status;
  return status < 400 || [401, 403, 499].includes(status) ? 502 : status;
}

/** @throws {Problem} for a turn without a whole answer. */
function mustBeCompleted(turn: ReadTurn): void {
  const { id, status, fault } = turn;
  if (status === 'completed') return;
  const code = status === 'failed' ? 'TURN_FAILED' : 'TURN_INTERRUPTED';
  const detail = `turn ${id}: ${fault?.code ?? ''} ${fault?.reason ?? ''}`.trim();
  throw new Problem(statusOfFault(turn), code, detail, {
    'x-signalbox-turn-id': id,
  });
}

export function conversationMessageRoutes(services: Services, { plugin }: Door) {
  const { conversations } = services;
  const streamOf = (id: string, { running, number, model }: BegunTurn) => {
    const first = { conversation_id: id, turn_id: running.id, turn: number, model };
    const stream = turnStream(id, running.id, running.follow(nothingTold), first);
    return new Response(stream, { headers: streamHeaders });
  };

  const resumed = (id: string, owner: string, eventId: string, turnId?: string) => {
    const place = placeOf(eventId);
    if (!place || (turnId !== undefined && place.turnId !== turnId)) {
      throw new Problem(422, 'INVALID_CURSOR', 'Last-Event-ID is no id of an event of this turn');
    }
    const events = conversations.follow(id, owner, place.turnId, place.told);
    return new Response(turnStream(id, place.turnId, events), { headers: streamHeaders });
  };

  return new Elysia({ name: 'conversation-messages' })
    .use(plugin)
    .post(
      '/api/conversations/:id/messages',
      async ({ params, body, caller, cause, request, server }) => {
        const { id } = params;
        const owner = ownerOf(caller);
        server?.timeout(originalOf(request), 0);
        const lastEventId = request.headers.get('last-event-id');
        if (lastEventId !== null && body.stream === true) {
          await conversations.get(id, owner);
          return resumed(id, owner, lastEventId);
        }
        const utterance = {
          message: { role: 'user', parts: neutralParts(body.content) } as const,
          model: body.model ?? null,
          system: body.system_prompt,
          maxTokens: body.max_tokens,
          temperature: body.temperature,
          tools: body.tools && neutralTools(body.tools),
          toolChoice: body.tool_choice,
          isStreamed: body.stream ?? false,
          isPatient: body.wait ?? false,
        };
        const turn = await conversations.say(id, owner, utterance, askerOf(caller), cause);
        if (body.stream === true) return streamOf(id, turn);
        const ended = await turn.running.ended;
        mustBeCompleted(ended);
        return Response.json(presentTurn(id, ended));
      },
      {
        params: idParams,
        body: said,
        response: {
          200: turnSchema,
          ...problems(400, 401, 403, 404, 409, 413, 422, 429, 502, 503, 504),
        },
        detail: {
          summary: 'Say something, and get the answer',
          description:
            'The question is in the log before a provider is asked. With `stream: true` server-sent events: `turn` {turn_id, turn, model}, `delta` {text}, `thinking`, `tool_call`, `tool_input`, `image`, and at the end `done` or `error`, the turn. The turn goes on when its client leaves; the same request with `Last-Event-ID` follows it again from there. One turn at a time: 409 TURN_RUNNING, or `wait`.',
          tags,
        },
      },
    )
    .get(
      '/api/conversations/:id/messages',
      async ({ params, query, caller, cause }) => {
        const owner = await readableOwner(services, caller, params.id, cause);
        const turns = await conversations.turns(params.id, owner);
        const { limit = 100, after = 0 } = query;
        const rest = turns.filter(({ number }) => number > after);
        const page = rest.slice(0, limit);
        const next = rest.length > limit ? (page.at(-1)?.number ?? null) : null;
        return { data: page.flatMap(messagesOfTurn), next };
      },
      {
        params: idParams,
        query: t.Object({
          limit: t.Optional(t.Integer({ minimum: 1, maximum: 1_000, description: 'turns' })),
          after: t.Optional(
            t.Integer({ minimum: 0, description: 'the turn that the page begins after' }),
          ),
        }),
        response: {
          200: t.Object({
            data: t.Array(messageSchema),
            next: t.Union([t.Integer(), t.Null()]),
          }),
          ...problems(401, 403, 404, 422, 503),
        },
        detail: { summary: 'What was said, in order; pages are counted in turns', tags },
      },
    )
    .get(
      '/api/conversations/:id/turns/:turn',
      async ({ params, caller }) => {
        const turns = await conversations.turns(params.id, ownerOf(caller));
        const turn = turns.find(({ id }) => id === params.turn);
        if (!turn) throw new Problem(404, 'TURN_NOT_FOUND', 'The conversation has no such turn.');
        return presentTurn(params.id, turn);
      },
      {
        params: turnParams,
        response: { 200: turnSchema, ...problems(401, 403, 404, 503) },
        detail: { summary: 'One turn: whether it still runs, how it ended', tags },
      },
    )
    .get(
      '/api/conversations/:id/turns/:turn/events',
      async ({ params, caller, request, server }) => {
        const owner = ownerOf(caller);
        await conversations.get(params.id, owner);
        server?.timeout(originalOf(request), 0);
        const eventId = request.headers.get('last-event-id') ?? `${params.turn}:0`;
        return resumed(params.id, owner, eventId, params.turn);
      },
      {
        params: turnParams,
        response: problems(401, 403, 404, 422, 503),
        detail: {
          summary: 'Follow a turn: server-sent events from Last-Event-ID, or from its beginning',
          tags,
        },
      },
    )
    .post(
      '/api/conversations/:id/turns/:turn/cancel',
      async ({ params, caller }) => {
        const { id, turn } = params;
        return { cancelled: await conversations.cancel(id, ownerOf(caller), turn) };
      },
      {
        params: turnParams,
        response: {
          200: t.Object({
            cancelled: t.Boolean({ description: 'false where it runs no more' }),
          }),
          ...problems(401, 403, 404, 503),
        },
        detail: { summary: 'End a running turn; what came of it is kept', tags },
      },
    );
}
