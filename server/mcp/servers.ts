/** Adding, changing and removing MCP servers, whoever wants it: secrets go to the vault, everything else into events. */
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { Cause } from '../../events/event.ts';
import { isActorId, slugOf, type ActorId } from '../../events/ids.ts';
import type { McpServerSettings, McpSource } from '../../events/mcpServer.ts';
import type { Vault } from '../vault.ts';
import { keep, mcpSecretPrefix, newSecretRef, settingsOf } from './config/keep.ts';
import type { WrittenServer } from './config/written.ts';
import { reservedServers } from './names.ts';

export type McpServers = Readonly<{
  /** @throws {Refusal} for a name that can be no id, or is one of the gateway's own paths. */
  idOf(name: string): ActorId;
  /** @throws {Refusal} when there is one already. */
  add(name: string, written: WrittenServer, source: McpSource, cause: Cause): Promise<ActorId>;
  /** Brings a server of a file or of the environment to what is written there. True when something changed. */
  declare(name: string, written: WrittenServer, source: McpSource, cause: Cause): Promise<boolean>;
  /** @throws {Refusal} */
  change(id: ActorId, written: WrittenServer, source: McpSource, cause: Cause): Promise<boolean>;
  /** What this source named before and does not name now is disabled. */
  leaveAllBut(named: ReadonlySet<ActorId>, source: McpSource, cause: Cause): Promise<void>;
  /** Removes secrets from the vault that no server has and no event waits for. */
  sweep(): Promise<number>;
}>;

/** A secret younger than this may be waiting for its event. */
const orphanAfterMs = 10 * 60_000;
const catchUpMs = 10_000;
/** With a gateway's id behind it, it is still the id of a connection. */
const longestId = 60;

export function createMcpServers(runtime: Runtime, vault: Vault, now: () => number): McpServers {
  const actors = runtime.of(mcpServerKind);

  const idOf = (name: string): ActorId => {
    const id = slugOf(name);
    if (!isActorId(id) || id.length > longestId)
      throw new Refusal('INVALID', 'the name has no letter or digit of a-z, 0-9 to be known by');
    if (reservedServers.has(id))
      throw new Refusal('INVALID', `"${id}" is one of the gateway's own paths; take another name`);
    return id;
  };

  /** The secrets are in the vault before the event that names them, and gone again where there is no such event. */
  const withSecrets = async (
    written: WrittenServer,
    tell: (settings: McpServerSettings) => Promise<{ fact: unknown }>,
  ): Promise<boolean> => {
    const secretRef = newSecretRef();
    await keep(written, secretRef, vault);
    const erase = () => vault.erase(secretRef).catch(() => undefined);
    try {
      const { fact } = await tell(settingsOf(written, secretRef, vault));
      if (!fact) await erase();
      return fact !== null;
    } catch (error) {
      // Only a plain "no" is sure to have left no event.
      if (error instanceof Refusal) await erase();
      throw error;
    }
  };

  const add: McpServers['add'] = async (name, written, source, cause) => {
    const id = idOf(name);
    await withSecrets(written, (settings) =>
      actors.ask(id, { type: 'AddMcpServer', name, settings, source, createdAtMs: now() }, cause),
    );
    if (!written.isEnabled) await actors.ask(id, { type: 'DisableMcpServer' }, cause);
    return id;
  };

  const isSame = (id: ActorId, written: WrittenServer): boolean => {
    const before = actors.get(id)?.state.context.settings;
    if (!before) return false;
    const after = settingsOf(written, before.secretRef, vault);
    return Bun.deepEquals(after, before);
  };

  const change: McpServers['change'] = async (id, written, source, cause) => {
    if (isSame(id, written)) return false;
    return withSecrets(written, (settings) =>
      actors.ask(id, { type: 'ChangeMcpServer', source, settings }, cause),
    );
  };

  return {
    idOf,
    add,
    change,
    async declare(name, written, source, cause) {
      const id = idOf(name);
      const known = actors.get(id)?.state;
      const isFree = known?.value === 'removed' && known.context.source === 'built-in';
      if (!known || known.value === 'unknown' || isFree) {
        await add(name, written, source, cause);
        return true;
      }
      // What an operator removed stays removed; what another source holds is that one's.
      if (known.value === 'removed' || known.context.source !== source) return false;
      const changed = await change(id, written, source, cause);
      const returned = await actors.ask(id, { type: 'ReturnToSource', source }, cause);
      return changed || returned.fact !== null;
    },
    async leaveAllBut(named, source, cause) {
      for (const { id, state } of actors.all()) {
        if (state.context.source !== source || named.has(id)) continue;
        await actors.ask(id, { type: 'LeaveSource', source }, cause);
      }
    },
    async sweep() {
      const listed = await vault.list();
      // A server that this version cannot read has a secret all the same, and so has one that is yet to be heard of.
      if (!(await runtime.catchUp(catchUpMs)) || runtime.stats().unreadable > 0) return 0;
      const needed = new Set<string>();
      for (const { state } of actors.all()) {
        needed.add(state.context.settings.secretRef);
        for (const secretRef of state.context.secretsToErase) needed.add(secretRef);
      }
      const orphans = listed.filter(
        ({ secretRef, writtenAtMs }) =>
          secretRef.startsWith(mcpSecretPrefix) &&
          !needed.has(secretRef) &&
          writtenAtMs < now() - orphanAfterMs,
      );
      for (const { secretRef } of orphans) await vault.erase(secretRef);
      return orphans.length;
    },
  };
}
