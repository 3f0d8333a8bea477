/** A secret that was just put in is given back once without asking the store. */
import { expect, test } from 'bun:test';
import { SecretDoesNotOpen } from '../../server/vault.ts';
import { withFreshSecrets } from '../../server/keyRing/freshSecrets.ts';
import { memoryVault } from '../support/memoryVault.ts';

const origin = 'https://api.openai.com';

test('who puts a secret in and opens it asks the store the second time only', async () => {
  const store = memoryVault();
  const vault = withFreshSecrets(store);
  await vault.put('ref', origin, 'secret');
  expect(await vault.open('ref', origin)).toBe('secret');
  expect(store.opened()).toBe(0);
  expect(await vault.open('ref', origin)).toBe('secret');
  expect(store.opened()).toBe(1);
});

test('what was not taken by the store is not given back', async () => {
  const store = memoryVault();
  const vault = withFreshSecrets(store);
  store.setAway(true);
  await expect(vault.put('ref', origin, 'secret')).rejects.toThrow('does not answer');
  store.setAway(false);
  expect(await vault.open('ref', origin)).toBeUndefined();
});

test('an erased one is gone here too', async () => {
  const vault = withFreshSecrets(memoryVault());
  await vault.put('ref', origin, 'secret');
  await vault.erase('ref');
  expect(await vault.open('ref', origin)).toBeUndefined();
});

test('another origin does not get it', async () => {
  const vault = withFreshSecrets(memoryVault());
  await vault.put('ref', origin, 'secret');
  await expect(vault.open('ref', 'https://elsewhere')).rejects.toBeInstanceOf(SecretDoesNotOpen);
});
