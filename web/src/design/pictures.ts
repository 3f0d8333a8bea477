/** Pictures out of data, as the page's policy allows them: painted, never loaded from an address. */
const type = /^image\/(png|jpeg|gif|webp)$/;

/** Undefined for what is no picture that browsers draw safely. */
export function pictureIn(mediaType: unknown, data: unknown): Blob | undefined {
  if (typeof mediaType !== 'string' || typeof data !== 'string' || !type.test(mediaType))
    return undefined;
  try {
    return new Blob([Uint8Array.from(atob(data), (char) => char.charCodeAt(0))], {
      type: mediaType,
    });
  } catch {
    return undefined;
  }
}
