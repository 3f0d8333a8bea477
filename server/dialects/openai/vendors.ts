/** Where those who speak OpenAI's chat completions differ; told by the name of the model. */

export type VendorTraits = Readonly<{
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  takesTemperature: boolean;
  /** It refuses its own tool calls without what it thought before them. */
  wantsReasoning: boolean;
  /** It refuses its own tool calls without their signatures. */
  wantsSignatures: boolean;
}>;

/** OpenAI's own that reason; the open models of other vendors' servers are not among them. */
const reasoning = /(?:^|\/)(?:o\d|gpt-(?:[5-9]|\d\d))/i;
const chat = /-chat\b/i;
const thinksAloud = /deepseek|kimi|moonshot/i;

export function traitsOf(model: string): VendorTraits {
  const isReasoning = reasoning.test(model);
  return {
    maxTokensField: isReasoning ? 'max_completion_tokens' : 'max_tokens',
    takesTemperature: !isReasoning || chat.test(model),
    wantsReasoning: thinksAloud.test(model),
    wantsSignatures: /gemini/i.test(model),
  };
}
