/** What the resource of metrics says: counts of the last day, and how what is said is kept. */
import type { ReadModels } from '../../../events/projections/readModels.ts';
import type { Config } from '../../config.ts';
import type { Json } from '../rpc/message.ts';

type Options = Readonly<{
  readModels: Pick<ReadModels, 'usage'>;
  config: Pick<Config, 'mode' | 'version'>;
  now: () => number;
}>;

const dayMs = 24 * 60 * 60 * 1_000;

export const createUsage =
  ({ readModels, config, now }: Options) =>
  (): Json => {
    const used = readModels.usage(now() - dayMs);
    const { requests, failures, durationMs } = used;
    return {
      timestamp: new Date(now()).toISOString(),
      version: config.version,
      active_users: used.activeUsers,
      total_conversations: used.conversations,
      messages_last_24_hours: used.messages,
      performance: {
        requests_last_24_hours: requests,
        failures_last_24_hours: failures,
        average_response_time_ms: requests === 0 ? null : Math.round(durationMs / requests),
      },
      security: {
        access: config.mode,
        conversations_encrypted_with: 'AES-256-GCM, a key for each conversation',
      },
    };
  };
