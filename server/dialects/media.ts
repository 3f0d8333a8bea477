/** Images and files between the dialects, and what is said where one cannot be sent. */
import type { DataPart, MediaPart, TextPart, UrlPart } from '../../events/neutralMessage.ts';

const dataUrlStart = /^data:([^;,]*)((?:;[^;,]*)*),/i;

const kindOf = (mediaType: string): 'image' | 'file' =>
  mediaType.startsWith('image/') ? 'image' : 'file';

function plainType(mediaType: string): string {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  return type === 'image/jpg' ? 'image/jpeg' : type;
}

export function dataPart(mediaType: string, data: string, name?: string | null): DataPart {
  const type = plainType(mediaType);
  return { type: kindOf(type), mediaType: type, data, ...(name ? { name } : {}) };
}

/** What an address stands for; one of the form `data:` holds the bytes itself. */
export function addressedPart(
  kind: 'image' | 'file',
  url: string,
  more: Readonly<{ mediaType?: string | null; name?: string | null }> = {},
): DataPart | UrlPart {
  const name = more.name ? { name: more.name } : {};
  const begin = dataUrlStart.exec(url);
  if (begin === null) {
    return { type: kind, url, ...(more.mediaType ? { mediaType: more.mediaType } : {}), ...name };
  }
  const mediaType = begin[1] || more.mediaType || 'text/plain';
  const rest = url.slice(begin[0].length);
  const isBase64 = /;base64$/i.test(begin[2] ?? '');
  return dataPart(mediaType, isBase64 ? rest : encoded(decodedPercent(rest)), more.name);
}

function decodedPercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
export const dataUrl = ({ mediaType, data }: DataPart): string =>
  `data:${mediaType};base64,${data}`;

export const isMedia = (part: Readonly<{ type: string }>): part is MediaPart =>
  part.type === 'image' || part.type === 'file';

/** @throws {TypeError} for what lies in the object store: a dialect has no way to name it. */
export function inHand(part: MediaPart): DataPart | UrlPart {
  if (!('object' in part)) return part;
  throw new TypeError(
    `the ${part.type} ${part.object} lies in the object store: put its bytes into the message before it is sent`,
  );
}

const textTypes = new Set([
  'application/json',
  'application/xml',
  'application/yaml',
  'application/x-yaml',
  'application/javascript',
  'application/x-ndjson',
  'application/sql',
  'image/svg+xml',
]);

/** What every model can read as text. */
export function isTextual({ mediaType }: DataPart): boolean {
  return mediaType.startsWith('text/') || textTypes.has(mediaType) || mediaType.endsWith('+json');
}

export const decoded = ({ data }: DataPart): string => Buffer.from(data, 'base64').toString('utf8');

/** A file of text where the dialect has no place for one. */
export function fileAsText(part: DataPart): string {
  return `File ${part.name ?? `of type ${part.mediaType}`}:\n\n${decoded(part)}`;
}

const readableImages = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
export const isReadableImage = ({ mediaType }: DataPart): boolean => readableImages.has(mediaType);

/** Only its own vendor can open such an address. */
const ownUrl = /^(?!https?:)|^https:\/\/generativelanguage\.googleapis\.com\//i;
export const isPublic = ({ url }: UrlPart): boolean => !ownUrl.test(url);

/** For what this model's vendor does not take: the model learns at least that it was there. */
export function leftOut(part: DataPart | UrlPart): string {
  const called = part.name === undefined ? '' : ` "${part.name}"`;
  const kind = part.mediaType === undefined ? '' : ` (${part.mediaType})`;
  const at = 'url' in part && isPublic(part) ? ` at ${part.url}` : '';
  return `[${part.type === 'image' ? 'Image' : 'File'}${called}${kind}${at} that cannot be shown here]`;
}

const endings: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
};

/** As given, else as the address ends, else what is most common. */
export function mediaTypeOf(part: UrlPart): string {
  if (part.mediaType !== undefined) return part.mediaType;
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(part.url)?.[1]?.toLowerCase() ?? '';
  return endings[ending] ?? (part.type === 'image' ? 'image/jpeg' : 'application/pdf');
}

export function fileName(part: DataPart): string {
  if (part.name !== undefined) return part.name;
  const ending = Object.entries(endings).find(([, type]) => type === part.mediaType)?.[0];
  return ending === undefined ? 'file' : `file.${ending}`;
}

export const textPart = (text: string): TextPart => ({ type: 'text', text });
