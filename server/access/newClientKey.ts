/** Makes the text of a client key, which is shown once and kept nowhere. */

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomCharacters = 32;

/** `sk-` because some SDKs look for it. Bytes beyond a multiple of 62 would favour some characters. */
export function newClientKey(): string {
  let text = '';
  while (text.length < randomCharacters) {
    for (const byte of crypto.getRandomValues(new Uint8Array(randomCharacters * 2))) {
      if (byte < 248 && text.length < randomCharacters) text += alphabet[byte % 62];
    }
  }
  return `sk-sbx-${text}`;
}
