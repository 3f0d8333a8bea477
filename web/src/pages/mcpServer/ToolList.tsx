/** The tools of a server, each with its switch and its schema. */
import { A } from '@solidjs/router';
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { tell } from '../../design/Toasts.tsx';
import { ask } from '../../live/ask.ts';
import { mcpServers } from '../../live/mcpCommands.ts';
import { listMark, toolOn, type McpServer } from '../../live/mcpStand.ts';
import { AsDescribed, Offers } from './Offers.tsx';

type Known = Awaited<ReturnType<typeof mcpServers.tools>>['data'][number];

const describedAs = ({ tool }: Known): string =>
  typeof tool['description'] === 'string' ? tool['description'] : '';

const Tool = (props: { of: McpServer; tool: Known }): JSX.Element => {
  const isOn = () => toolOn(props.of, props.tool.name);
  const change = () =>
    tell(
      mcpServers.switchTool(props.of.id, props.tool.name, !isOn()),
      isOn() ? `Clients no longer see ${props.tool.name}` : `Clients see ${props.tool.name} again`,
    );
  return (
    <>
      <div class="row spread">
        <strong class="mono truncate">{props.tool.name}</strong>
        <span class="row">
          <Show when={!isOn()}>
            <Badge status="disabled">off</Badge>
          </Show>
          <Show when={isOn()}>
            <A
              class="button slim"
              aria-label={`Try it: ${props.tool.name}`}
              href={`/mcp/tools/${encodeURIComponent(props.tool.id)}`}
            >
              Try it
            </A>
          </Show>
          <Button
            slim
            look="quiet"
            aria-label={`${isOn() ? 'Switch off' : 'Switch on'} ${props.tool.name}`}
            onClick={() => void change()}
          >
            {isOn() ? 'Switch off' : 'Switch on'}
          </Button>
        </span>
      </div>
      <p class="muted clamp">{describedAs(props.tool)}</p>
      <AsDescribed name={props.tool.name} value={props.tool.tool} />
    </>
  );
};

export function ToolList(props: { of: McpServer }): JSX.Element {
  const [text, setText] = createSignal('');
  const mark = listMark(
    () => props.of,
    () => ['tools'],
  );
  const tools = ask(mark, ({ id }) => mcpServers.tools(id));
  const fitting = createMemo(() => {
    const wanted = text().toLowerCase();
    return (tools.value()?.data ?? []).filter((tool) =>
      `${tool.name} ${describedAs(tool)}`.toLowerCase().includes(wanted),
    );
  });
  return (
    <Show
      when={(tools.value()?.data.length ?? 0) > 0}
      fallback={
        <Show
          when={tools.value()}
          fallback={<p class="muted">{tools.fault() ?? 'The tools are being read…'}</p>}
        >
          <Empty title="No tools">
            The server offers none, or was never reached. Connect it to read what it offers.
          </Empty>
        </Show>
      }
    >
      <Offers
        label="Search tools"
        text={text()}
        onInput={setText}
        items={fitting()}
        none={`No tool has “${text()}” in its name or description.`}
      >
        {(tool) => <Tool of={props.of} tool={tool} />}
      </Offers>
    </Show>
  );
}
