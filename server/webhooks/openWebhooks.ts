/** Webhooks on the log's own server, told over the network that this machine sees. */
import type { NatsConnection } from '@nats-io/transport-node';
import { shareControl } from '../../events/shareControl.ts';
import { systemLookup } from '../providers/baseUrl.ts';
import type { Vault } from '../vault.ts';
import { createPost } from './post.ts';
import { createWebhooks, type Webhooks, type WebhooksOptions } from './webhooks.ts';

type Beside = Omit<WebhooksOptions, 'sharing' | 'post' | 'secretOf'> &
  Readonly<{ vault: Pick<Vault, 'derive'> }>;

export async function openWebhooks(
  nc: NatsConnection,
  version: string,
  { vault, ...options }: Beside,
): Promise<Webhooks> {
  const { log, now, onError } = options;
  const secretOf = (url: string) => `whsec_${vault.derive(`webhook\n${url}`)}`;
  const sharing = await shareControl(nc, { log, onError });
  const send = (url: string, init: RequestInit) => fetch(url, init);
  const post = createPost({ send, lookup: systemLookup, secretOf, now, version });
  return createWebhooks({ ...options, sharing, post, secretOf });
}
