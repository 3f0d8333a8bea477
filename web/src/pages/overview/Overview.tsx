/** How it goes, now and over the last day. */
import type { JSX } from 'solid-js';
import { Page as Frame } from '../../design/Page.tsx';
import { DayCharts } from './DayCharts.tsx';
import { Figures } from './Figures.tsx';
import { Health } from './Health.tsx';
import { Attention, Newest } from './Lists.tsx';

export const Page = (): JSX.Element => (
  <Frame
    title="Overview"
    lead="Figures are of the last minute, as it goes on; charts of the last hour or day."
  >
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
