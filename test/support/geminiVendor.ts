/** Gemini's answers to calls of its SDK: tools, files, cached contents, batches. */
import { dataOnly, gives, streams, type Route } from './sdkVendor.ts';

const totals = { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 };
const answer = (parts: object[], more: object = { finishReason: 'STOP' }) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  usageMetadata: totals,
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r-1',
});
const functionCall = (city: string) => ({
  functionCall: { id: `call-${city}`, name: 'weather', args: { city, note: 'a "quoted" ü' } },
  thoughtSignature: 'c2lnbmF0dXJl',
});
const said = { text: '{"city":"Köln","degrees":21}' };

/** Gemini ends its lines with CR LF. */
const stream = (answers: object[]) => answers.map((one) => dataOnly(one, '\r\n\r\n')).join('');
const calls = [functionCall('Bern'), functionCall('Köln')];
const streamed = stream([
  answer([{ text: 'Thinking 🤔', thought: true }], {}),
  answer([{ text: 'Grüße 🚀' }], {}),
  answer([{ text: ', I am done.' }]),
]);

const cache = (id: string) => ({ name: `cachedContents/${id}`, model: 'models/gemini-2.5-flash' });
const file = { name: 'files/abc', uri: 'https://vendor.example/v1beta/files/abc', state: 'ACTIVE' };

const asksForTools = (body: string): boolean =>
  body.includes('functionDeclarations') && !body.includes('functionResponse');

export const geminiRoutes: readonly Route[] = [
  [
    /^POST \/v1(beta)?\/models\/gemini-2.5-flash:generateContent$/,
    (request, reply) =>
      gives(answer(asksForTools(request.body.toString()) ? calls : [said]))(request, reply),
  ],
  [
    /^POST \/v1(beta)?\/models\/gemini-2.5-flash:streamGenerateContent\?alt=sse$/,
    (request, reply) =>
      streams(
        asksForTools(request.body.toString())
          ? stream([answer([{ text: 'I look' }], {}), answer(calls)])
          : streamed,
      )(request, reply),
  ],
  [/^POST .*:countTokens$/, gives({ totalTokens: 42 })],
  [
    /^POST .*:(batchEmbedContents|embedContent)$/,
    gives({ embeddings: [{ values: [0.25, -1.5] }] }),
  ],
  [/^POST \/v1(beta)?\/cachedContents$/, gives(cache('one'))],
  [
    /^GET \/v1(beta)?\/cachedContents\?.*pageToken=two/,
    gives({ cachedContents: [cache('three')] }),
  ],
  [
    /^GET \/v1(beta)?\/cachedContents/,
    gives({ cachedContents: [cache('one'), cache('two')], nextPageToken: 'two' }),
  ],
  [
    /^POST \/upload\/v1(beta)?\/files(\?.*)?$/,
    (request, reply) => {
      const { host = '' } = Object.fromEntries(request.headers);
      const [path = ''] = request.path.split('?');
      if (request.headers.get('x-goog-upload-command') === 'start')
        return reply.json(
          200,
          {},
          {
            'x-goog-upload-status': 'active',
            'x-goog-upload-url': `http://${host}${path}?upload_id=up-1&upload_protocol=resumable`,
          },
        );
      return reply.json(200, { file }, { 'x-goog-upload-status': 'final' });
    },
  ],
  [/^GET \/v1(beta)?\/files\/abc$/, gives(file)],
  [/^DELETE \/v1(beta)?\/files\/abc$/, gives({})],
];
