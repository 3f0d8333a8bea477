/** Tells the kinds of events apart: the log has checked their data against the type's schema. */
import { conversationSchemas, type ConversationEvent } from '../conversation.ts';
import { daySchemas, type DayEvent } from '../day.ts';
import type { StoredEvent } from '../event.ts';
import { providerKeySchemas, type ProviderKeyEvent } from '../providerKey.ts';

export const isProviderKeyEvent = (event: StoredEvent): event is StoredEvent<ProviderKeyEvent> =>
  event.actor.kind === 'provider-key' && Object.hasOwn(providerKeySchemas, event.type);

export const isDayEvent = (event: StoredEvent): event is StoredEvent<DayEvent> =>
  event.actor.kind === 'day' && Object.hasOwn(daySchemas, event.type);

export const isConversationEvent = (event: StoredEvent): event is StoredEvent<ConversationEvent> =>
  event.actor.kind === 'conversation' && Object.hasOwn(conversationSchemas, event.type);
