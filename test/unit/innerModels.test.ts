/** The model's name in the bodies of Gemini's calls, when the vendor knows it under another. */
import { expect, test } from 'bun:test';
import { withInnerModels } from '../../server/proxy/innerModels.ts';

const renamed = (body: unknown, model = 'gemini-x') => {
  const bytes = withInnerModels(body, model);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as unknown);
};
const content = { parts: [{ text: 'model', model: 'inside' }] };

test('Every request of a batch of embeddings gets the name', () => {
  const requests = [{ model: 'models/team/fast', content }, { content }];
  expect(renamed({ requests })).toEqual({
    requests: [{ model: 'models/gemini-x', content }, { content }],
  });
});
test('So does what is only counted, and a name at the top', () => {
  expect(renamed({ generateContentRequest: { model: 'models/fast', contents: [] } })).toEqual({
    generateContentRequest: { model: 'models/gemini-x', contents: [] },
  });
  expect(renamed({ model: 'models/fast', content }, 'tunedModels/mine')).toEqual({
    model: 'tunedModels/mine',
    content,
  });
});
test('A body that names no model stays as it came', () => {
  for (const body of [{ contents: [content] }, { requests: [{ content }] }, undefined, [], 'x']) {
    expect(withInnerModels(body, 'gemini-x')).toBeNull();
  }
});
