/** Asks the management API of a test's gateway for JSON. */
import type { TestGateway } from './gateway.ts';

/** An object of an answer; what a test wants of it, it names. */
export type Json = Readonly<Record<string, unknown>>;
export type Answered = Readonly<{ status: number; body: Json; rows: readonly Json[] }>;

export const apiClient =
  (gateway: TestGateway, headers: Readonly<Record<string, string>> = {}) =>
  async (path: string): Promise<Answered> => {
    const answer = await fetch(gateway.url() + path, { headers });
    const body = (await answer.json()) as Json;
    return { status: answer.status, body, rows: (body['data'] ?? []) as readonly Json[] };
  };

/** All pages one after another. */
export async function allPages(
  get: (path: string) => Promise<Answered>,
  path: string,
): Promise<Json[]> {
  const found: Json[] = [];
  let after = '';
  for (let pages = 0; pages < 1_000; pages += 1) {
    const { body, rows } = await get(path + after);
    found.push(...rows);
    const { next } = body as { next: string | number | null };
    if (next === null) return found;
    after = `&after=${next}`;
  }
  throw new Error(`the pages of ${path} do not end`);
}
