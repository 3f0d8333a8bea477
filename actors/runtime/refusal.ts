/** An expected "no": the command is understood and cannot be done in this state. */

/** Stable codes, in capitals; `server/errors.ts` gives each its HTTP status. */
export type RefusalCode =
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'INVALID'
  | 'GONE'
  | 'IN_USE'
  | 'TURN_RUNNING'
  | 'ARCHIVED'
  | 'FULL'
  | 'BLOCKED'
  | 'TOO_BUSY'
  | 'UNREADABLE';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
