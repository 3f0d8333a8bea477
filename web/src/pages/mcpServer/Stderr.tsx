/** What a server's program wrote for people: read again with each step of its connection. */
import { createMemo, Show, type JSX } from 'solid-js';
import { Button, Copy } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { plural } from '../../design/format.ts';
import { ask } from '../../live/ask.ts';
import { mcpServers } from '../../live/mcpCommands.ts';
import { connectionOf, type McpServer } from '../../live/mcpStand.ts';

export function Stderr(props: { of: McpServer }): JSX.Element {
  const mark = createMemo(() => `${props.of.id} ${connectionOf(props.of.id)?.sequence ?? 0}`);
  const lines = ask(mark, (of) => mcpServers.stderr(of.split(' ')[0] ?? ''));
  const text = () => (lines.value()?.data ?? []).join('\n');
  const isProgram = () => props.of.context.settings.transport === 'stdio';
  return (
    <Show
      when={text() !== ''}
      fallback={
        <Show
          when={lines.value()}
          fallback={<p class="muted">{lines.fault() ?? 'It is being read…'}</p>}
        >
          <Empty
            title="Nothing written"
            action={isProgram() ? <Button onClick={lines.again}>Read again</Button> : undefined}
          >
            {isProgram()
              ? 'Its program wrote nothing on stderr in this gateway process.'
              : 'Only servers that are programs have a stderr; this one is reached by an address.'}
          </Empty>
        </Show>
      }
    >
      <div class="stack">
        <div class="row spread">
          <span class="muted small">
            {plural(lines.value()?.data.length ?? 0, 'line')}, newest last; secrets are taken out
          </span>
          <span class="row">
            <Copy text={text()} what="all lines" />
            <Button slim icon="probe" disabled={lines.isWaiting()} onClick={lines.again}>
              Read again
            </Button>
          </span>
        </div>
        <pre class="json lines" tabIndex={0} role="region" aria-label="Stderr">
          {text()}
        </pre>
      </div>
    </Show>
  );
}
