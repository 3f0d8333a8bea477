/** Turns a path into a template with few values, so that it can be a label and holds no id. */

/** Every fixed word in the paths of the three vendors; any other part is an id. */
const words = new Set(
  `accept alpha archive assistants audio batches cachedContents calls cancel chat checkpoints
  client_secrets complete completions compact containers content conversations corpora count_tokens
  documents edits embeddings evals events expired file_batches files fileSearchStores fine_tuning
  generations graders hangup images input_items input_tokens interactions items jobs messages models
  moderations openai operations organizations output_items parts pause permissions realtime refer
  register reject remix rerank responses results resume run runs search sessions speech steps
  submit_tool_outputs threads transcription_sessions transcriptions translations tunedModels uploads
  validate variations vector_stores versions videos voices`.split(/\s+/),
);

const versions = new Set(['v1', 'v1beta', 'v1alpha']);
const maxParts = 8;

/** Paths asked for most; they are their own template. */
const frequent = new Set([
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/models',
  '/v1/responses',
]);

/** Gemini's Live API names its method where others have a path. */
const liveMethod =
  /^google\.ai\.generativelanguage\.v\d(?:alpha|beta)?\.GenerativeService\.BidiGenerate\w{1,30}$/;

const liveTemplate = (method: string): string =>
  liveMethod.test(method) ? `/ws/${method}` : '/ws/*';

/** The template of a path, `/v1/*` and the like where its first word is unknown. */
export function templateOf(pathname: string): string {
  if (frequent.has(pathname)) return pathname;
  const parts = pathname.split('/').filter((part) => part !== '');
  if (parts[0] === 'ws') return liveTemplate(parts[1] ?? '');
  const upload = parts[0] === 'upload';
  const version = parts[upload ? 1 : 0] ?? '';
  if (!versions.has(version)) return upload ? '/upload/*' : '/*';
  const base = upload ? `/upload/${version}` : `/${version}`;
  const compatible = !upload && parts[1] === 'openai' ? '/openai' : '';
  const rest = parts.slice(upload || compatible !== '' ? 2 : 1);
  const [first, second] = rest;
  if (first === undefined || !words.has(first) || rest.length > maxParts) {
    return `${base}${compatible}/*`;
  }
  if (first === 'models' && second !== undefined) {
    // Videos are long in the making: each is an operation of its model.
    const operation = rest.at(-2) === 'operations' ? '/operations/{id}' : '';
    return `${base}${compatible}/models/{model}${operation}`;
  }
  const template = rest.map((part) => (words.has(part) ? part : '{id}')).join('/');
  return `${base}${compatible}/${template}`;
}
