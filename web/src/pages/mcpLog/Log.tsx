/** What went on with MCP: calls of tools, connections to servers, sessions of clients. */
import { useSearchParams } from '@solidjs/router';
import { createMemo, Match, Switch, type JSX } from 'solid-js';
import { Segments } from '../../design/Field.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import '../mcpTools/mcp.css';
import { Calls } from './Calls.tsx';
import { Connections } from './Connections.tsx';
import { Sessions } from './Sessions.tsx';

const views = [
  { value: 'calls', text: 'Calls' },
  { value: 'connections', text: 'Connections' },
  { value: 'sessions', text: 'Sessions' },
];

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<{ view?: string }>();
  const view = createMemo(() => views.find(({ value }) => value === params.view)?.value ?? 'calls');
  const show = (value: string) =>
    setParams({
      view: value === 'calls' ? null : value,
      q: null,
      tool: null,
      outcome: null,
      call: null,
    });
  return (
    <Frame
      title="MCP log"
      lead="What clients called, how servers were reached, and who is connected."
      fill
      actions={<Segments label="View" value={view()} options={views} onInput={show} />}
    >
      <Switch>
        <Match when={view() === 'calls'}>
          <Calls />
        </Match>
        <Match when={view() === 'connections'}>
          <Connections />
        </Match>
        <Match when={view() === 'sessions'}>
          <Sessions />
        </Match>
      </Switch>
    </Frame>
  );
}
