/** Yes or no, with what it means. */
import type { JSX } from 'solid-js';

type CheckProps = {
  label: string;
  hint?: string;
  value: boolean;
  onInput: (value: boolean) => void;
};

export const CheckField = (props: CheckProps): JSX.Element => (
  <label class="check">
    <input
      type="checkbox"
      checked={props.value}
      onChange={(event) => props.onInput(event.currentTarget.checked)}
    />
    <span>
      <span class="check-label">{props.label}</span>
      {props.hint && <span class="hint">{props.hint}</span>}
    </span>
  </label>
);
