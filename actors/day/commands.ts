/** What can be asked of a day. */
import type { DayEvent } from '../../events/day.ts';

export type CloseDay = Readonly<{ type: 'CloseDay' }> & DayEvent['data'];

export type DayCommand = CloseDay;
