/** How it goes, now and over the last day. */
import type { JSX } from 'solid-js';
import { Page as Frame } from '../../design/Page.tsx';
import { DayCharts } from './DayCharts.tsx';
import { Figures } from './Figures.tsx';
import { Health } from './Health.tsx';
import { Attention, Newest } from './Lists.tsx';

export const Page = (): JSX.Element => (
  <Frame title="Overview">
    <Figures />
    <DayCharts />
    <div class="cards">
      <div class="w8 stack">
        <Attention />
        <Newest />
      </div>
      <div class="w4 stack">
        <Health />
      </div>
    </div>
  </Frame>
);
