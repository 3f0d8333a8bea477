/** How it goes, now and over the last day. */
import type { JSX } from 'solid-js';
import { Page as Frame } from '../../design/Page.tsx';
import { DayCharts } from './DayCharts.tsx';
import { Figures } from './Figures.tsx';
import { Attention, Newest } from './Lists.tsx';

export const Page = (): JSX.Element => (
  <Frame title="Overview">
    <Figures />
    <DayCharts />
    <div class="cards">
      <Attention />
      <Newest />
    </div>
  </Frame>
);
