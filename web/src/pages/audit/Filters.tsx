/** What narrows the log. */
import { Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Search, Select } from '../../design/Field.tsx';
import { eventName } from '../../design/format.ts';
import { ask } from '../../live/ask.ts';
import { machineOf } from '../../live/commands.ts';
import { kindNames, kindsInWords } from '../../words/actors.ts';
import { makerInWords, makers } from '../../words/events.ts';
import { spans, type Params } from './filter.ts';

type FiltersProps = { params: Params; set: (changes: { [Name in keyof Params]?: string }) => void };

export function Filters(props: FiltersProps): JSX.Element {
  const machine = ask(() => props.params.kind || undefined, machineOf);
  const types = () => {
    const drawn = props.params.kind ? machine.value() : undefined;
    const all = [
      ...(drawn?.transitions ?? []),
      ...(drawn?.states ?? []).flatMap(({ transitions }) => transitions),
    ].map(({ event }) => event);
    const { type, kind = '' } = props.params;
    return [...new Set([...all, ...(type ? [type] : [])])]
      .sort()
      .map((value) => ({ value, text: eventName(value, kind) }));
  };
  const span = () => {
    if (props.params.since) return props.params.since;
    return props.params.from || props.params.to ? 'own' : '';
  };
  const setSpan = (value: string) => {
    if (value !== 'own') return props.set({ since: value, from: '', to: '' });
    const dayAgo = new Date(Date.now() - 86_400_000 - new Date().getTimezoneOffset() * 60_000);
    return props.set({ since: '', from: dayAgo.toISOString().slice(0, 16) });
  };
  return (
    <div class="row wrap">
      <Search
        label="Search the log"
        value={props.params.q ?? ''}
        onInput={(q) => props.set({ q })}
      />
      <Select
        label="Kind of actor"
        value={props.params.kind ?? ''}
        options={[
          { value: '', text: 'All kinds' },
          ...kindNames.map((value) => ({ value, text: kindsInWords(value) })),
        ]}
        onInput={(kind) => props.set({ kind, type: '', actor: '' })}
      />
      <Show when={props.params.kind || props.params.type}>
        <Select
          label="Type of event"
          value={props.params.type ?? ''}
          options={[{ value: '', text: 'All events' }, ...types()]}
          onInput={(type) => props.set({ type })}
        />
      </Show>
      <Select
        label="By whom"
        value={props.params.by ?? ''}
        options={[
          { value: '', text: 'By anyone' },
          ...makers.map((value) => ({ value, text: `By ${makerInWords(value).toLowerCase()}` })),
        ]}
        onInput={(by) => props.set({ by })}
      />
      <Select
        label="Time"
        value={span()}
        options={[
          { value: '', text: 'Any time' },
          ...Object.entries(spans).map(([value, [, text]]) => ({ value, text })),
          { value: 'own', text: 'From … to …' },
        ]}
        onInput={setSpan}
      />
      <Show when={span() === 'own'}>
        <Moment label="From" value={props.params.from} onInput={(from) => props.set({ from })} />
        <Moment label="To" value={props.params.to} onInput={(to) => props.set({ to })} />
      </Show>
      <Chip text="actor" value={props.params.actor} onClose={() => props.set({ actor: '' })} />
      <Chip
        text="correlation"
        value={props.params.correlation}
        onClose={() => props.set({ correlation: '' })}
      />
    </div>
  );
}

type MomentProps = { label: string; value: string | undefined; onInput: (value: string) => void };

const Moment = (props: MomentProps): JSX.Element => (
  <input
    class="input moment-input"
    type="datetime-local"
    aria-label={props.label}
    value={props.value ?? ''}
    onChange={(event) => props.onInput(event.currentTarget.value)}
  />
);

/** A filter that came by a link, and how to be rid of it. */
const Chip = (props: { text: string; value: string | undefined; onClose: () => void }) => (
  <Show when={props.value}>
    {(value) => (
      <Button slim icon="close" title={`Any ${props.text}`} onClick={() => props.onClose()}>
        {props.text} <code>{value().length > 20 ? `${value().slice(0, 18)}…` : value()}</code>
      </Button>
    )}
  </Show>
);
