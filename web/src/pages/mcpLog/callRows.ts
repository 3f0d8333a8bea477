/** Calls of tools as the log shows them. */
import type { Tone } from '../../design/tones.ts';
import type { ToolCall } from '../../live/world.ts';
import { byTexts } from '../../words/search.ts';

export type Filter = Readonly<{ text: string; server: string; tool: string; outcome: string }>;

/** The tool's own word on itself is another thing than a call that went wrong. */
export const wordOfCall = ({ outcome, is_error: isError }: ToolCall): string =>
  isError ? 'tool failed' : outcome;

const tones: Readonly<Record<string, Tone>> = {
  completed: 'good',
  truncated: 'rest',
  cancelled: 'idle',
  failed: 'bad',
};
export const toneOfCall = ({ outcome, is_error: isError }: ToolCall): Tone =>
  isError ? 'rest' : (tones[outcome] ?? 'idle');

const hasText = byTexts((call: ToolCall) => {
  const { tool, server, client, error, id, trace_id: trace } = call;
  return [tool, server, client ?? '', error ?? '', id, trace];
});

export function fits(call: ToolCall, { text, server, tool, outcome }: Filter): boolean {
  if (server !== '' && call.server !== server) return false;
  if (tool !== '' && call.tool !== tool) return false;
  if (outcome === 'error' && !call.is_error) return false;
  if (outcome !== '' && outcome !== 'error' && call.outcome !== outcome) return false;
  return hasText(call, text);
}

/** Newest first, each once. */
export function merged(...lists: readonly (readonly ToolCall[])[]): readonly ToolCall[] {
  const byId = new Map<string, ToolCall>();
  for (const list of lists)
    for (const call of list) if (!byId.has(call.id)) byId.set(call.id, call);
  return [...byId.values()].toSorted((one, other) => (one.time < other.time ? 1 : -1));
}
