/** The OpenAPI document of the management routes, from their own schemas. */
import { swagger } from '@elysiajs/swagger';
import { Elysia, type AnyElysia } from 'elysia';

type Content = Record<string, unknown>;
type Operation = {
  requestBody?: { content: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
};
type Document = { paths: Record<string, Record<string, Operation>> };

const info = {
  title: 'Signalbox',
  description:
    'The management side. Errors are problem+json with a stable code. Log in with POST /api/login ' +
    'where a password is set; the browser keeps the session.',
};

const onlyType = (content: Content | undefined, type: string): Content | undefined =>
  content && { [type]: Object.values(content)[0] };

/** Elysia lets numbers and booleans come as text; in the document they are what they are. */
function withoutText(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutText);
  if (typeof node !== 'object' || node === null) return node;
  const { anyOf, ...others } = node as { anyOf?: { type?: string; format?: string }[] };
  const [text, plain] = anyOf ?? [];
  if (anyOf?.length === 2 && text?.type === 'string' && text.format === plain?.type) {
    return { ...others, ...plain };
  }
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [name, withoutText(value)]),
  );
}

/** The generator names three content types for everything; the routes have one each way. */
function withTrueTypes(document: Document): Document {
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const { requestBody, responses = {} } = operation;
    if (requestBody) {
      requestBody.content = onlyType(requestBody.content, 'application/json') ?? {};
    }
    for (const [status, response] of Object.entries(responses)) {
      const isProblem = Number(status) >= 400;
      response.description ??= isProblem ? 'Refused' : 'Done';
      const isJson = !response.content || 'application/json' in response.content;
      const type = isProblem ? 'application/problem+json' : 'application/json';
      if (status === '204') delete response.content;
      else if (isJson && response.content) {
        response.content = onlyType(response.content, type) ?? {};
      }
    }
  }
  return document;
}

/** @param routes A set of routes of its own: the generator takes it over. */
export async function openApiOf(routes: AnyElysia, version: string): Promise<Document> {
  const generator = new Elysia()
    .use(
      swagger({
        path: '/page',
        specPath: '/document',
        exclude: ['/page', '/document'],
        documentation: { info: { ...info, version } },
      }),
    )
    .use(routes);
  const answer = await generator.handle(new Request('http://generator/document'));
  return withTrueTypes(withoutText(await answer.json()) as Document);
}
