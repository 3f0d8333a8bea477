/** What the built-in server is called, wherever servers have names. */
export const builtInName = 'claude-api-gateway';
