/** A request that wants to become a WebSocket: sent and answered in its own way, and otherwise like any other. */
import type { Outcome } from '../../events/traffic.ts';
import type { AllowedModels } from '../access/models.ts';
import type { Exchange } from './exchange.ts';
import type { Upstream } from './upstream.ts';

export type Tunnel = Readonly<{
  /** Told which models the client may use; null is all of them. */
  limit(models: AllowedModels | null): void;
  /** Opens the vendor's end. Answers with 101, or with the vendor's refusal. */
  dial: Upstream;
  /** Opens the client's end, once the vendor's is there; `record` is called when the session is over. */
  open(
    exchange: Exchange,
    record: (exchange: Exchange, status: number, outcome: Outcome) => void,
  ): Response;
}>;
