/** The same question in each of the forms that the gateway takes, and the text of their answers. */

export type Ask = Readonly<{
  model: string;
  system: string;
  prompt: string;
  maxTokens: number | null;
  temperature: number | null;
  isStream: boolean;
}>;
type Data = Readonly<Record<string, unknown>>;
type Form = Readonly<{
  value: string;
  text: string;
  /** As providers and routes name it. */
  dialect: 'openai' | 'anthropic' | 'gemini';
  example: string;
  pathOf: (ask: Ask) => string;
  bodyOf: (ask: Ask) => Data;
  /** Of a whole answer. */
  answerIn: (body: Data) => string;
  /** Of one event of a stream. */
  deltaIn: (event: Data) => string;
}>;

const orNothing = (name: string, value: unknown): Data =>
  value === null || value === '' ? {} : { [name]: value };

const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Data => (isData(value) ? value : {});
const listOf = (value: unknown): readonly Data[] =>
  Array.isArray(value) ? (value as readonly unknown[]).map(objectOf) : [];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string =>
  listOf(value)
    .map(({ text }) => textOf(text))
    .join('');
const geminiText = (body: Data): string =>
  textsOf(objectOf(listOf(body['candidates'])[0]?.['content'])['parts']);

/** Anthropic wants to be told. */
const usualMaxTokens = 1_024;

const chat: Form = {
  value: 'openai',
  text: 'OpenAI, chat completions',
  dialect: 'openai',
  example: 'gpt-5',
  pathOf: () => '/v1/chat/completions',
  bodyOf: (ask) => ({
    model: ask.model,
    messages: [
      ...(ask.system === '' ? [] : [{ role: 'system', content: ask.system }]),
      { role: 'user', content: ask.prompt },
    ],
    ...orNothing('max_completion_tokens', ask.maxTokens),
    ...orNothing('temperature', ask.temperature),
    ...(ask.isStream && { stream: true, stream_options: { include_usage: true } }),
  }),
  answerIn: (body) => textOf(objectOf(listOf(body['choices'])[0]?.['message'])['content']),
  deltaIn: (event) => textOf(objectOf(listOf(event['choices'])[0]?.['delta'])['content']),
};

const responses: Form = {
  value: 'responses',
  text: 'OpenAI, responses',
  dialect: 'openai',
  example: 'gpt-5',
  pathOf: () => '/v1/responses',
  bodyOf: (ask) => ({
    model: ask.model,
    ...orNothing('instructions', ask.system),
    input: ask.prompt,
    ...orNothing('max_output_tokens', ask.maxTokens),
    ...orNothing('temperature', ask.temperature),
    ...(ask.isStream && { stream: true }),
  }),
  answerIn: (body) =>
    listOf(body['output'])
      .map(({ content }) => textsOf(content))
      .join(''),
  deltaIn: (event) =>
    event['type'] === 'response.output_text.delta' ? textOf(event['delta']) : '',
};

const anthropic: Form = {
  value: 'anthropic',
  text: 'Anthropic, messages',
  dialect: 'anthropic',
  example: 'claude-opus-4-8',
  pathOf: () => '/v1/messages',
  bodyOf: (ask) => ({
    model: ask.model,
    max_tokens: ask.maxTokens ?? usualMaxTokens,
    ...orNothing('system', ask.system),
    messages: [{ role: 'user', content: ask.prompt }],
    ...orNothing('temperature', ask.temperature),
    ...(ask.isStream && { stream: true }),
  }),
  answerIn: (body) => textsOf(body['content']),
  deltaIn: (event) =>
    event['type'] === 'content_block_delta' ? textOf(objectOf(event['delta'])['text']) : '',
};

const gemini: Form = {
  value: 'gemini',
  text: 'Gemini, generate content',
  dialect: 'gemini',
  example: 'gemini-2.5-flash',
  pathOf: ({ model, isStream }) =>
    `/v1beta/models/${model.split('/').map(encodeURIComponent).join('/')}:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  bodyOf: (ask) => ({
    ...(ask.system !== '' && { systemInstruction: { parts: [{ text: ask.system }] } }),
    contents: [{ role: 'user', parts: [{ text: ask.prompt }] }],
    ...((ask.maxTokens !== null || ask.temperature !== null) && {
      generationConfig: {
        ...orNothing('maxOutputTokens', ask.maxTokens),
        ...orNothing('temperature', ask.temperature),
      },
    }),
  }),
  answerIn: geminiText,
  deltaIn: geminiText,
};

export const forms: readonly Form[] = [chat, responses, anthropic, gemini];
export const formOf = (value: string | undefined): Form =>
  forms.find((form) => form.value === value) ?? chat;

function parsed(text: string): Data {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    // What is half there, or `[DONE]`.
    return {};
  }
}

const events = (raw: string): readonly Data[] =>
  raw
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => parsed(line.slice(5)));

/** Why a stream ended before its answer was whole, in its own words. */
export function streamFault(raw: string): string | undefined {
  for (const event of events(raw).toReversed().slice(0, 2)) {
    const error = event['type'] === 'response.failed' ? event['response'] : event;
    const message = textOf(objectOf(objectOf(error)['error'])['message']);
    if (message !== '') return message;
  }
  return undefined;
}

/** What the model said, as far as it came; empty for an error, whose body says more. */
export function answerText(form: Form, raw: string): string {
  const trimmed = raw.trimStart();
  if (trimmed.startsWith('{')) return form.answerIn(parsed(trimmed));
  return events(raw)
    .map((event) => form.deltaIn(event))
    .join('');
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The same request for a shell; a key is never in it. */
export const curlOf = (path: string, body: string, hasKey: boolean): string =>
  [
    `curl -N ${quoted(location.origin + path)}`,
    `-H 'content-type: application/json'`,
    ...(hasKey ? [`-H "authorization: Bearer $SIGNALBOX_KEY"`] : []),
    `-d ${quoted(body)}`,
  ].join(' \\\n  ');
