/** Where the address leads to an actor that is not there, or is there no more. */
import { A } from '@solidjs/router';
import type { JSX } from 'solid-js';
import { Empty } from '../../design/Empty.tsx';
import { Page } from '../../design/Page.tsx';

type MissingProps = {
  /** Of the page of one. */
  title: string;
  what: string;
  /** Of the page of all. */
  href: string;
  children: JSX.Element;
};

export const Missing = (props: MissingProps): JSX.Element => (
  <Page title={props.title} crumb={<A href={props.href}>{props.title}s</A>}>
    <Empty
      title={`There is no such ${props.what}`}
      action={
        <A href={props.href} class="button">
          Go to all {props.what}s
        </A>
      }
    >
      {props.children}
    </Empty>
  </Page>
);
