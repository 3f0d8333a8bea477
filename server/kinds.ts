/** Every kind of actor whose events are in CONTROL. */
import { breakerKind } from '../actors/breaker/breaker.ts';
import { clientKeyKind } from '../actors/clientKey/clientKey.ts';
import { dayKind } from '../actors/day/day.ts';
import { mcpBackendKind } from '../actors/mcpBackend/mcpBackend.ts';
import { mcpConnectionKind } from '../actors/mcpConnection/mcpConnection.ts';
import { mcpServerKind } from '../actors/mcpServer/mcpServer.ts';
import { modelRouteKind } from '../actors/modelRoute/modelRoute.ts';
import { operatorKind } from '../actors/operator/operator.ts';
import { providerKeyKind } from '../actors/providerKey/providerKey.ts';
import { providerKind } from '../actors/provider/provider.ts';
import { settingKind } from '../actors/setting/setting.ts';
import type { AnyActorKind } from '../actors/runtime/actorKind.ts';

export const kinds = [
  providerKind,
  providerKeyKind,
  breakerKind,
  clientKeyKind,
  operatorKind,
  dayKind,
  settingKind,
  modelRouteKind,
  mcpServerKind,
  mcpConnectionKind,
  mcpBackendKind,
];

/** The kind of this name, as those see it who treat all kinds alike. */
export const kindNamed = (name: string): AnyActorKind | undefined =>
  kinds.find(({ kind }) => kind === name);
