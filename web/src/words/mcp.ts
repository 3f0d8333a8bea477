/** Why a connection to an MCP server is dialled or closed, in words. */
export const dialCauses: Readonly<Record<string, string>> = {
  enabled: 'It was switched on',
  changed: 'Its configuration changed',
  restarted: 'The gateway started',
  retry: 'The pause was over',
  operator: 'An operator wanted it',
  disabled: 'It was switched off',
  removed: 'It was removed',
};
