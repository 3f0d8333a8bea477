/** Tells the kinds of CONTROL events apart: the log has checked their data against the type's schema. */
import { daySchemas, type DayEvent } from '../day.ts';
import type { StoredEvent } from '../event.ts';
import { providerKeySchemas, type ProviderKeyEvent } from '../providerKey.ts';

export const isProviderKeyEvent = (event: StoredEvent): event is StoredEvent<ProviderKeyEvent> =>
  event.actor.kind === 'provider-key' && Object.hasOwn(providerKeySchemas, event.type);

export const isDayEvent = (event: StoredEvent): event is StoredEvent<DayEvent> =>
  event.actor.kind === 'day' && Object.hasOwn(daySchemas, event.type);
