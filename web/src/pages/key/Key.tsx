/** One provider key. */
import { A, useParams } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { Empty } from '../../design/Empty.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { actorOf } from '../../live/selectors.ts';
import { KeyState } from '../keys/columns.tsx';

export function Page(): JSX.Element {
  const params = useParams<{ id: string }>();
  const key = () => actorOf('provider-key', params.id);
  return (
    <Show
      when={key()}
      fallback={
        <Frame title="Provider key">
          <Empty
            title="There is no such key"
            action={
              <A href="/keys" class="button">
                Go to all keys
              </A>
            }
          >
            It may have been removed.
          </Empty>
        </Frame>
      }
    >
      {(one) => (
        <Frame title={one().context.name} beside={<KeyState of={one} />}>
          <p />
        </Frame>
      )}
    </Show>
  );
}
