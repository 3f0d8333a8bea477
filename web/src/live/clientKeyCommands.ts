/** What the console asks of client keys: of callers of this gateway. */
import { answerOf, api } from './api.ts';

const key = (id: string) => api.keys({ id });

/** As the API takes them; null takes a limit off. */
export type ClientTerms = Readonly<{
  models?: string[] | null;
  allowed_tools?: string[] | null;
  expires_at?: string | null;
  requests_per_minute?: number | null;
  burst?: number | null;
  max_concurrent?: number | null;
  record_bodies?: boolean;
}>;
type Named = Readonly<{ name?: string; scopes?: string[] }>;

export const clientKeys = {
  /** Its answer is the only one that has the key itself. */
  add: (body: Named & ClientTerms & Readonly<{ client_id?: string }>) =>
    answerOf(api.keys.post(body)),
  change: (id: string, changes: Named & ClientTerms) => answerOf(key(id).patch(changes)),
  rotate: (id: string, graceSeconds: number) =>
    answerOf(key(id).rotate.post({ grace_seconds: graceSeconds })),
  remove: (id: string) => answerOf(key(id).delete()),
};

type Grouped = 'day' | 'model' | 'client' | 'tool';

/** Totals by day, model or client, from a day on. */
export const usageOf = (group: Grouped, from: string, client?: string) =>
  answerOf(api.stats.get({ query: { group, from, ...(client !== undefined && { client }) } }));
