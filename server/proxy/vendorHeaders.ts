/** A vendor's headers as they came: most are passed on unread, and Bun's `Headers` would cost more than the rest. */

/** What can be read of headers, wherever they are from. */
export type ReadHeaders = Pick<Headers, 'get' | 'has'>;

/** `pairs` are names, in lower case, and values in turn, without what belongs to the connection. */
export type VendorHeaders = ReadHeaders & Readonly<{ pairs: readonly string[] }>;

/** As `Headers` has it: values of the same name are one. */
function get(this: VendorHeaders, name: string): string | null {
  const { pairs } = this;
  let found: string | null = null;
  for (let at = 0; at < pairs.length; at += 2) {
    if (pairs[at] !== name) continue;
    const value = pairs[at + 1] ?? '';
    found = found === null ? value : `${found}, ${value}`;
  }
  return found;
}

function has(this: VendorHeaders, name: string): boolean {
  return this.get(name) !== null;
}

/** The functions are shared, not made for each answer. */
export const vendorHeaders = (pairs: readonly string[]): VendorHeaders => ({ pairs, get, has });

/** A copy that can be changed. */
export function headersFrom({ pairs }: VendorHeaders): Headers {
  const headers = new Headers();
  for (let at = 0; at < pairs.length; at += 2) headers.append(pairs[at] ?? '', pairs[at + 1] ?? '');
  return headers;
}
