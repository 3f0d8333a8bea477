/** How drizzle-kit makes the migrations of the projections: `bun run migrations`. */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: [
    './events/projections/batches.ts',
    './events/projections/checkpoints.ts',
    './events/projections/closedDays.ts',
    './events/projections/conversations.ts',
    './events/projections/dailyStats.ts',
    './events/projections/dailyTools.ts',
    './events/projections/droppedTraffic.ts',
    './events/projections/eventIndex.ts',
    './events/projections/providerKeys.ts',
    './events/projections/recentCounts.ts',
    './events/projections/requests.ts',
    './events/projections/toolCalls.ts',
  ],
  out: './events/projections/migrations',
});
