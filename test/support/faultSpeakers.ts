/** Every official SDK in both majors as the reader of a stream, in each kind that it can ask for. */
import Anthropic from '@anthropic-ai/sdk';
import { ApiError } from '@google/genai';
import Anthropic0 from 'anthropic-0';
import { ApiError as ApiError2 } from 'genai-2';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import type { Kind } from './faultStreams.ts';
import { sdks, type SdkVersion } from './sdkAsking.ts';
import { openAiAt, openAis } from './sdkVersions.ts';

export type Speaker = SdkVersion &
  Readonly<{
    kind: Kind;
    /** What it throws for an error inside a stream. */
    inStream: unknown;
  }>;

const inStream: Readonly<Record<string, unknown>> = {
  'openai 7': OpenAI.APIError,
  'openai 6': OpenAI6.APIError,
  'anthropic 1': Anthropic.APIError,
  'anthropic 0': Anthropic0.APIError,
  'genai 3': ApiError,
  'genai 2': ApiError2,
};

const kindOf = { openai: 'chat', anthropic: 'messages', gemini: 'gemini' } as const;

const speakers: readonly Speaker[] = sdks.map((sdk) => ({
  ...sdk,
  kind: kindOf[sdk.dialect],
  inStream: inStream[sdk.name],
}));

/** Not stored: what is stored may exist although its answer broke, and is not asked for again. */
const ofResponses = ([name, Sdk]: (typeof openAis)[number]): readonly Speaker[] =>
  speakers
    .filter((speaker) => speaker.name === name)
    .map((speaker) => ({
      ...speaker,
      name: `${name} responses`,
      kind: 'responses',
      async ask(asking) {
        const { model = 'gpt-5', text = 'Hi', onText } = asking;
        const body = { model, input: text, store: false, stream: true } as const;
        let said = '';
        for await (const event of await openAiAt(Sdk, asking).responses.create(body)) {
          if (event.type !== 'response.output_text.delta') continue;
          said += event.delta;
          onText?.(event.delta);
        }
        return said;
      },
    }));

export const allSpeakers: readonly Speaker[] = [...speakers, ...openAis.flatMap(ofResponses)];
