/** The place in the log: a slider, steps, and a time to go to. */
import { createEffect, createSignal, Show, type JSX } from 'solid-js';
import { Button, IconButton } from '../../design/Button.tsx';
import { count, eventName } from '../../design/format.ts';
import { Ago, Clock } from '../../design/Time.tsx';
import { say } from '../../design/Toasts.tsx';
import { sequenceAt } from '../../live/historyCommands.ts';
import type { Event } from '../../live/world.ts';
import { useKeys } from '../../shell/keys.ts';
import { kindInWords } from '../../words/actors.ts';
import { nameOfActor } from '../../words/events.ts';

type SliderProps = {
  at: number;
  last: number;
  /** The event after which all stood like this. */
  event: Event | undefined;
  onMove: (sequence: number) => void;
};

export function Slider(props: SliderProps): JSX.Element {
  const to = (sequence: number) => props.onMove(Math.min(props.last, Math.max(0, sequence)));
  const step = (by: number) => () => to(props.at + by);
  useKeys({
    ArrowLeft: step(-1),
    ArrowRight: step(1),
    h: step(-1),
    l: step(1),
    H: step(-10),
    L: step(10),
    Home: () => to(0),
    End: () => to(props.last),
  });
  const isNow = () => props.at >= props.last;
  return (
    <section class="card time-card" aria-label="Place in the log">
      <div class="row spread wrap">
        <div class="time-title" role="status">
          <strong class="num">
            Event {count(props.at)} <span class="faint">of {count(props.last)}</span>
          </strong>
          <Moment at={props.at} event={props.event} />
        </div>
        <JumpToTime onMove={to} />
      </div>
      <input
        class="time-slider"
        type="range"
        min={0}
        max={props.last}
        step={1}
        value={props.at}
        aria-label="Sequence of the log"
        aria-valuetext={`After event ${props.at} of ${props.last}`}
        onInput={(event) => to(event.currentTarget.valueAsNumber)}
      />
      <div class="row spread wrap">
        <div class="row">
          <IconButton slim icon="first" label="Before everything (Home)" onClick={() => to(0)} />
          <IconButton slim icon="left" label="One event back (←)" onClick={step(-1)} />
          <IconButton slim icon="right" label="One event on (→)" onClick={step(1)} />
          <IconButton slim icon="last" label="Now (End)" onClick={() => to(props.last)} />
        </div>
        <Show
          when={!isNow()}
          fallback={<span class="muted small">This is now. Slide back to see how it was.</span>}
        >
          <Button slim onClick={() => to(props.last)}>
            Back to now
          </Button>
        </Show>
      </div>
    </section>
  );
}

const Moment = (props: { at: number; event: Event | undefined }): JSX.Element => (
  <Show
    when={props.event}
    fallback={<span class="muted">{props.at === 0 ? 'Before everything' : '\u00a0'}</span>}
  >
    {(event) => (
      <span class="muted">
        <Show when={event().time}>
          {(time) => (
            <>
              <Clock ms={Date.parse(time())} />, <Ago ms={Date.parse(time())} />:{' '}
            </>
          )}
        </Show>
        {kindInWords(event().kind)} {nameOfActor(event().kind, event().actor_id)}{' '}
        {eventName(event().type, event().kind).toLowerCase()}
      </span>
    )}
  </Show>
);

function JumpToTime(props: { onMove: (sequence: number) => void }): JSX.Element {
  const [time, setTime] = createSignal('');
  createEffect(() => {
    const ms = time() === '' ? Number.NaN : new Date(time()).getTime();
    if (Number.isNaN(ms)) return;
    sequenceAt(new Date(ms).toISOString()).then(props.onMove, (error: unknown) =>
      say(error instanceof Error ? error.message : String(error)),
    );
  });
  return (
    <label class="row small muted">
      Go to
      <input
        class="input moment-input"
        type="datetime-local"
        step="1"
        value={time()}
        onChange={(event) => setTime(event.currentTarget.value)}
      />
    </label>
  );
}
