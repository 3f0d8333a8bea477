/** When which bytes came. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { bytes, count, duration } from '../../design/format.ts';
import { PlainTable } from '../../design/PlainTable.tsx';
import { SparkBars } from '../../design/Spark.tsx';
import type { Exchange } from '../../live/exchange.ts';

const steps = 80;
const shown = 200;

export function Chunks(props: { of: Exchange }): JSX.Element {
  const wholeMs = () => Math.max(1, props.of.endMs ?? props.of.chunks.at(-1)?.atMs ?? 1);
  const course = createMemo(() => {
    const sums = Array.from({ length: steps }, () => 0);
    for (const chunk of props.of.chunks) {
      const at = Math.min(steps - 1, Math.floor((chunk.atMs / wholeMs()) * steps));
      sums[at] = (sums[at] ?? 0) + chunk.bytes;
    }
    return sums;
  });
  return (
    <div class="stack">
      <div class="course">
        <SparkBars
          values={course()}
          width={640}
          height={56}
          label={`Bytes over ${duration(wholeMs())}: ${bytes(props.of.bytes)} in ${count(props.of.chunks.length)} chunks`}
        />
        <div class="row spread faint small">
          <span>sent</span>
          <span>{duration(wholeMs())}</span>
        </div>
      </div>
      <Show
        when={props.of.chunks.length > 0}
        fallback={<p class="muted">No byte of a body has come yet.</p>}
      >
        <PlainTable label="Chunks" heads={[{ right: 'After' }, { right: 'Bytes' }, 'Text']}>
          <For each={props.of.chunks.slice(0, shown)}>
            {(chunk) => (
              <tr>
                <td class="right">{duration(chunk.atMs)}</td>
                <td class="right">{count(chunk.bytes)}</td>
                <td class="mono small chunk">{chunk.text.trim().slice(0, 400)}</td>
              </tr>
            )}
          </For>
        </PlainTable>
      </Show>
      <Show when={props.of.chunks.length > shown}>
        <p class="muted">The first {shown} chunks are shown.</p>
      </Show>
    </div>
  );
}
