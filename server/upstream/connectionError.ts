/** What breaks a connection, named as Node names it. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What TLS said, where it said something. */
export const codeOf = (error: Error): string => ('code' in error ? String(error.code) : 'ERR_TLS');
