/** Why a provider key changed its state, in words. */
export const keyCauses: Readonly<Record<string, string>> = {
  deadline: 'The time was over',
  probe: 'A probe succeeded',
  operator: 'An operator wanted it',
  credential: 'The vendor refused the credential',
  origin_changed: 'The provider moved to another address',
  returned_to_source: 'Its source names it again',
};
