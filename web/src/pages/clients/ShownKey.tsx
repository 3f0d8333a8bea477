/** The key itself, which is told this once. */
import { createSignal, type JSX } from 'solid-js';
import { Button, Copy } from '../../design/Button.tsx';
import { Dialog } from '../../design/Dialog.tsx';

const maskedFrom = 8;
const masked = (key: string): string => `${key.slice(0, maskedFrom)}${'•'.repeat(20)}`;

export function ShownKey(props: {
  name: string;
  secret: string;
  onClose: () => void;
}): JSX.Element {
  const [isShown, setShown] = createSignal(true);
  const example = () =>
    `curl ${location.origin}/v1/chat/completions \\\n  -H 'authorization: Bearer ${masked(props.secret)}' \\\n  -H 'content-type: application/json' \\\n  -d '{"model": "…", "messages": [{"role": "user", "content": "Hello"}]}'`;
  return (
    <Dialog title={`The key of ${props.name}`} onClose={props.onClose}>
      <div class="notice rest">
        Copy it now: it is shown this once, and nobody can read it afterwards.
      </div>
      <div class="once">
        <code aria-label="The whole key">{isShown() ? props.secret : masked(props.secret)}</code>
        <Button slim onClick={() => setShown(!isShown())} aria-pressed={!isShown()}>
          {isShown() ? 'Hide' : 'Show'}
        </Button>
        <Copy text={props.secret} what="the key" />
      </div>
      <p class="muted">Any SDK takes it as the vendor's key, with this gateway as its base URL:</p>
      <pre class="json" tabIndex={0} role="region" aria-label="An example of its use">
        {example()}
      </pre>
    </Dialog>
  );
}
