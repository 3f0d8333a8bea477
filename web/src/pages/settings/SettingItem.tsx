/** One setting: its value and its meaning, and who changed it. */
import { A } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { Ago } from '../../design/Time.tsx';
import { sentence } from './ChangeSetting.tsx';
import { shownOf, titleOf, type Change, type Row } from './settingRows.ts';

const sources: Readonly<Record<string, string>> = {
  api: 'changed here',
  environment: 'by its variable',
  flag: 'by a flag',
  default: 'default',
};

const who = ({ event }: Change): string => {
  if (event.by?.kind !== 'operator') return event.by?.kind ?? 'nobody known';
  return event.by.id === 'local' ? 'an operator on this machine' : 'an operator';
};

type ItemProps = {
  of: Row;
  isCurrent: boolean;
  ref: (own: HTMLLIElement) => void;
  onChange: () => void;
  onReset: () => void;
  onSelect: () => void;
};

export function SettingItem(props: ItemProps): JSX.Element {
  const setting = () => props.of.setting;
  return (
    <li
      class="setting"
      classList={{ current: props.isCurrent }}
      id={setting().name}
      ref={props.ref}
      aria-current={props.isCurrent}
      onClick={() => props.onSelect()}
    >
      <div class="grow">
        <div class="row wrap">
          <h3>{titleOf(setting())}</h3>
          <Show when={setting().source !== 'default'}>
            <Badge status={setting().source} tone={setting().source === 'api' ? 'busy' : 'idle'}>
              {sources[setting().source] ?? setting().source}
            </Badge>
          </Show>
        </div>
        <p class="muted">{sentence(setting().meaning)}</p>
        <p class="faint small">
          <code>{setting().name}</code>
          {' · default '}
          {shownOf(setting(), setting().default)}
          <Show when={setting().variable !== null && setting().variable !== setting().name}>
            {' · '}
            <code>{setting().variable}</code>
          </Show>
          <Show when={props.of.change}>
            {(change) => (
              <>
                {' · '}
                <A
                  class="in-text"
                  href={`/audit?kind=setting&id=${encodeURIComponent(change().event.actor_id)}`}
                  title="All its changes, in the audit log"
                >
                  {shownOf(setting(), change().before)} → {shownOf(setting(), change().after)}
                </A>{' '}
                by {who(change())}{' '}
                <Show when={change().event.time}>{(time) => <Ago ms={Date.parse(time())} />}</Show>
              </>
            )}
          </Show>
        </p>
      </div>
      <div class="row value">
        <span class="num" title={JSON.stringify(setting().value)}>
          {shownOf(setting(), setting().value)}
        </span>
        <Show
          when={setting().changeable}
          fallback={<span class="muted small">set the variable and start again</span>}
        >
          <Show when={setting().source === 'api'}>
            <Button
              slim
              look="quiet"
              aria-label={`Take back ${titleOf(setting())}`}
              onClick={() => props.onReset()}
            >
              Take back
            </Button>
          </Show>
          <Show
            when={setting().name === 'webhooks'}
            fallback={
              <Button
                slim
                aria-label={`Change ${titleOf(setting())}`}
                onClick={() => props.onChange()}
              >
                Change
              </Button>
            }
          >
            <A class="button slim" href="/webhooks">
              Webhooks
            </A>
          </Show>
        </Show>
      </div>
    </li>
  );
}
