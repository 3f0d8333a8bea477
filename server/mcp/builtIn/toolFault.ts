/** An expected "no" of a tool, in words for whoever called it. */
export class ToolFault extends Error {
  override readonly name = 'ToolFault';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
