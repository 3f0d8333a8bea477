/** For an address that leads nowhere. */
import { A } from '@solidjs/router';
import type { JSX } from 'solid-js';
import { Empty } from '../design/Empty.tsx';
import { Page } from '../design/Page.tsx';

export const NotFound = (): JSX.Element => (
  <Page title="Not found">
    <Empty
      title="There is no such page"
      action={
        <A href="/" class="button">
          Go to the overview
        </A>
      }
    >
      The address may be mistyped, or what it led to was removed.
    </Empty>
  </Page>
);
