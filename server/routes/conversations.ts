/** Conversations: begun, read, renamed, forked, put away and erased. */
import { Elysia, t } from 'elysia';
import { readableOwner } from '../conversations/readers.ts';
import { ownerOf, ownerOrAny } from '../conversations/viewers.ts';
import { asJson, asMarkdown } from '../conversations/written.ts';
import type { Door } from '../http/door.ts';
import { idParams, strict } from '../http/fields.ts';
import { problems } from '../http/problem.ts';
import { conversationSchema, presentConversation } from '../present/conversation.ts';
import { nullable } from '../present/list.ts';
import type { Services } from '../services.ts';

const title = t.String({ minLength: 1, maxLength: 200 });
const beginning = t.Object(
  {
    title: t.Optional(nullable(title)),
    system_prompt: t.Optional(nullable(t.String())),
    model: t.Optional(nullable(t.String({ minLength: 1, maxLength: 200 }))),
    max_tokens: t.Optional(nullable(t.Integer({ minimum: 1, maximum: 10_000_000 }))),
    temperature: t.Optional(nullable(t.Number({ minimum: 0, maximum: 2 }))),
  },
  strict,
);

const tags = ['Conversations'];

export function conversationRoutes(services: Services, { plugin }: Door) {
  const { conversations } = services;
  const shown = async (id: string, owner: string | null) =>
    presentConversation(await conversations.get(id, owner));

  return new Elysia({ name: 'conversations' })
    .use(plugin)
    .post(
      '/api/conversations',
      async ({ body, caller, cause, status }) => {
        const { system_prompt: systemPrompt, max_tokens: maxTokens, ...rest } = body;
        const named = { ...rest, systemPrompt, maxTokens };
        const begun = await conversations.start(ownerOf(caller), named, cause);
        return status(201, presentConversation(begun));
      },
      {
        body: beginning,
        response: { 201: conversationSchema, ...problems(400, 401, 403, 422, 503) },
        detail: { summary: 'Begin a conversation', tags },
      },
    )
    .get(
      '/api/conversations/:id',
      async ({ params: { id }, caller, cause }) =>
        shown(id, await readableOwner(services, caller, id, cause)),
      {
        params: idParams,
        response: { 200: conversationSchema, ...problems(401, 403, 404, 503) },
        detail: { summary: 'One conversation', tags },
      },
    )
    .patch(
      '/api/conversations/:id',
      async ({ params, body, caller, cause }) => {
        await conversations.rename(params.id, ownerOf(caller), body.title, cause);
        return shown(params.id, ownerOf(caller));
      },
      {
        params: idParams,
        body: t.Object({ title }, strict),
        response: { 200: conversationSchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: { summary: 'Rename a conversation', tags },
      },
    )
    .delete(
      '/api/conversations/:id',
      async ({ params, caller, cause, set }) => {
        await conversations.erase(params.id, ownerOrAny(caller), cause);
        set.status = 204;
      },
      {
        params: idParams,
        response: { 204: t.Void(), ...problems(401, 403, 404, 503) },
        detail: {
          summary: 'Erase a conversation: nobody can read any more what was said',
          description:
            'The key that encrypts it is erased from the disk, and so is what lies outside the log. The log keeps that there was a conversation, whose, when, and what it cost.',
          tags,
        },
      },
    )
    .post(
      '/api/conversations/:id/archive',
      async ({ params, caller, cause }) => {
        await conversations.archive(params.id, ownerOf(caller), true, cause);
        return shown(params.id, ownerOf(caller));
      },
      {
        params: idParams,
        response: { 200: conversationSchema, ...problems(401, 403, 404, 409, 503) },
        detail: { summary: 'Put a conversation away: it is read and not gone on with', tags },
      },
    )
    .post(
      '/api/conversations/:id/unarchive',
      async ({ params, caller, cause }) => {
        await conversations.archive(params.id, ownerOf(caller), false, cause);
        return shown(params.id, ownerOf(caller));
      },
      {
        params: idParams,
        response: { 200: conversationSchema, ...problems(401, 403, 404, 503) },
        detail: { summary: 'Go on with a conversation that was archived', tags },
      },
    )
    .post(
      '/api/conversations/:id/fork',
      async ({ params, body, caller, cause, status }) => {
        const { id } = params;
        const fork = await conversations.fork(id, ownerOf(caller), body.turn ?? null, cause);
        return status(201, presentConversation(fork));
      },
      {
        params: idParams,
        body: t.Object(
          {
            turn: t.Optional(t.Integer({ minimum: 1, description: 'the last that is taken over' })),
          },
          strict,
        ),
        response: { 201: conversationSchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: { summary: 'Begin another conversation with the first turns of this one', tags },
      },
    )
    .get(
      '/api/conversations/:id/export',
      async ({ params, query, caller, cause }) => {
        const owner = await readableOwner(services, caller, params.id, cause);
        const conversation = await conversations.get(params.id, owner);
        const turns = await conversations.turns(params.id, owner);
        const isMarkdown = query.format === 'markdown';
        const text = isMarkdown
          ? asMarkdown(conversation, turns)
          : JSON.stringify(asJson(conversation, turns), null, 2);
        const name = `conversation-${conversation.id}.${isMarkdown ? 'md' : 'json'}`;
        return new Response(text, {
          headers: {
            'content-type': isMarkdown ? 'text/markdown; charset=utf-8' : 'application/json',
            'content-disposition': `attachment; filename="${name}"`,
            'cache-control': 'no-store',
          },
        });
      },
      {
        params: idParams,
        query: t.Object({
          format: t.Optional(t.Union([t.Literal('json'), t.Literal('markdown')])),
        }),
        response: problems(401, 403, 404, 422, 503),
        detail: { summary: 'A conversation as a file: JSON, or Markdown', tags },
      },
    );
}
