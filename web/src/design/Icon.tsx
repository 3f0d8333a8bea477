/** Small drawings, all on a grid of 16. */
import type { JSX } from 'solid-js';

const paths = {
  overview: 'M2.5 9.5h3v4h-3zM6.5 5.5h3v8h-3zM10.5 2.5h3v11h-3z',
  key: 'M10.5 9a3.5 3.5 0 1 0-3.3-2.3L2.5 11.4V13.5h2.6v-1.6h1.6v-1.6h1.6L9 9.6a3.5 3.5 0 0 0 1.5.4M11.2 4.8v.01',
  route:
    'M4 12.5V10a3 3 0 0 1 3-3h2a3 3 0 0 0 3-3M4 14.5a1 1 0 1 0 0-2 1 1 0 0 0 0 2M12 4a1 1 0 1 0 0-2 1 1 0 0 0 0 2',
  client: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8M3 13.5c.4-2.6 2.3-4 5-4s4.6 1.4 5 4',
  server: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  vendor: 'M4.5 12.500a2.75 2.75 0 0 1-.4-5.500A4 4 0 0 1 11.8 6.500a3 3 0 0 1-.3 6z',
  tool: 'M9.8 6.200a3 3 0 0 1 3.7-3.700L11.5 4.500l.5 1.5 1.5.5 1.9-1.900a3 3 0 0 1-4 3.600L6.3 13.300a1.2 1.2 0 0 1-1.7-1.700z',
  requests: 'M2.5 4h11M2.5 8h7M2.5 12h9',
  audit: 'M8 4.500V8l2.5 1.500M8 13.500a5.5 5.5 0 1 0-5.2-3.700M2.5 13.500V9.800h3.6',
  settings:
    'M3 4.500h6m3 0h1M3 11.500h1m3 0h6M10.5 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3M5.5 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3',
  chat: 'M3 3.500h10v7H7.500L4.5 13v-2.500H3z',
  play: 'M5 3.500v9l7.5-4.500z',
  log: 'M4 2.500h8v11H4zM6 5.500h4M6 8h4M6 10.500h2',
  search: 'M7 11.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.3 10.300l3.2 3.2',
  sun: 'M8 10.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M8 1.500v1.500M8 13v1.500M1.5 8H3M13 8h1.500M3.4 3.400l1 1M11.6 11.600l1 1M12.6 3.400l-1 1M4.4 11.600l-1 1',
  moon: 'M13 9.500A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.500z',
  copy: 'M5.5 5.500h7v7h-7zM3.5 10.500v-7h7',
  check: 'M3 8.500l3.2 3.200L13 5',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  menu: 'M2.5 4.500h11M2.5 8h11M2.5 11.500h11',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  left: 'M10 3.500L5.5 8l4.5 4.5',
  right: 'M6 3.500L10.500 8L6 12.500',
  first: 'M12 3.500L7.500 8l4.500 4.500M4.500 3.500v9',
  last: 'M4 3.500L8.500 8L4 12.500M11.500 3.500v9',
  help: 'M6 6.200a2 2 0 1 1 2.8 1.900c-.5.3-.8.7-.8 1.400M8 12h.01',
  out: 'M6.5 3h-3v10h3M10 5l3 3-3 3M13 8H6.5',
  import: 'M8 2.500v7M5 7l3 3 3-3M2.5 11v2.500h11V11',
  wake: 'M8 4.500V8l2 1.500M8 13.500a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11',
  probe: 'M2 8h2.500l1.5-4 3 8 1.5-4H14',
  pause: 'M5.5 3.500v9M10.5 3.500v9',
  edit: 'M3 13l.6-2.800L10.8 3l2.2 2.2-7.2 7.200z',
  bin: 'M3 4.500h10M6 4.500v-2h4v2M4.5 4.500l.5 9h6l.5-9',
} as const;

export type IconName = keyof typeof paths;

export const Icon = (props: { name: IconName }): JSX.Element => (
  <svg
    class="icon"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={paths[props.name]} />
  </svg>
);
