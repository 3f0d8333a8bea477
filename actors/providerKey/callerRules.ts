/** What the request is refused for, or the place it comes from: no key is touched. */
import { callersFault, type Rule } from './rule.ts';

const notThisKey = { scope: 'caller', retry: 'other-key', atTheDoor: true } as const;

/** As each vendor words it: OpenAI, OpenRouter, vLLM and Mistral; Anthropic; Gemini; xAI, Bedrock, Cohere; llama.cpp, Ollama, TGI. */
const contextWords =
  /maximum context length|exceeds the context (?:window|length)|prompt is too long\b|exceed context limit|exceeds the maximum number of tokens allowed|maximum prompt length is|input is too long\b|total number of tokens in the prompt cannot exceed|exceeds the available context size|input tokens exceed the configured limit|\+ +must be <=/i;

/** Looked at first: what no other key and no waiting would help, though some of it looks like the key's fault. */
export const refusedBeforehand: readonly Rule[] = [
  {
    // Another model may have the room.
    id: 'caller.context-length',
    when: (f) =>
      (f.status === 400 || f.status === 413 || f.status === 422) &&
      (f.has('context_length_exceeded', 'exceed_context_size_error') || contextWords.test(f.said)),
    ...callersFault,
  },
  {
    id: 'caller.content-filter',
    when: (f) =>
      (f.status === 400 || f.status === 403 || f.status === 422) &&
      f.has(
        'content_filter',
        'content_policy_violation',
        'responsibleaipolicyviolation',
        'moderation_blocked',
        'data_inspection_failed',
      ),
    ...callersFault,
  },
  {
    id: 'caller.organization',
    when: (f) =>
      (f.status === 401 || f.status === 403) &&
      (f.has('mismatched_organization', 'mismatched_project', 'invalid_organization') ||
        /^(?:OpenAI-(?:Organization|Project) header|No such (?:organization|project))/.test(
          f.said,
        )),
    ...callersFault,
  },
  {
    id: 'permission.missing-scope',
    when: (f) =>
      (f.status === 401 || f.status === 403) &&
      (f.has('missing_scope') || /\bmissing scopes?:/i.test(f.said)),
    ...notThisKey,
    class: 'permission',
  },
  {
    // One request above the limit of a whole minute: waiting does not help it, and it says nothing about the key.
    id: 'caller.larger-than-limit',
    when: (f) => f.status === 429 && /^Request too large for\b/.test(f.said),
    ...callersFault,
  },
  {
    // A right of the account, told as a limit.
    id: 'permission.long-context',
    when: (f) => f.status === 429 && f.said.startsWith('Extra usage is required for long context'),
    ...notThisKey,
    class: 'permission',
  },
  {
    // Keys whose project pays may go on.
    id: 'region.free-tier',
    when: (f) => f.status === 400 && /\bfree tier is not available in your country\b/i.test(f.said),
    ...notThisKey,
    class: 'region',
  },
  {
    id: 'region.unsupported',
    when: (f) =>
      f.status === 451 ||
      ((f.status === 400 || f.status === 403) &&
        (f.has('unsupported_country_region_territory') ||
          /^(?:User location is not supported|Country, region, or territory not supported|Access denied due to Virtual Network)/.test(
            f.said,
          ) ||
          (f.has('forbidden') && f.said === 'Request not allowed'))),
    class: 'region',
    scope: 'caller',
    retry: 'none',
  },
];

/** Looked at when nothing else fits. */
export const callerRules: readonly Rule[] = [
  {
    // Another one may stream it. The second wording is the gateway's own, for an answer that came all at once.
    id: 'caller.not-streamed',
    when: (f) =>
      f.status === 400 &&
      /\bmust be verified to stream this model\b|\banswered without streaming\b/.test(f.said),
    ...callersFault,
  },
  { id: 'caller.redirect', when: (f) => f.status < 400, ...callersFault },
  {
    id: 'caller.model-gone',
    when: (f) =>
      f.status === 410 ||
      ((f.status === 400 || f.status === 404) &&
        (f.has('model_decommissioned', 'model_deprecated') ||
          /\bmodels?\b.{0,120}\b(?:deprecated|decommissioned|retired|discontinued|shut down|no longer (?:available|supported))\b/i.test(
            f.said,
          ))),
    ...callersFault,
  },
  {
    id: 'caller.model-not-found',
    when: (f) =>
      (f.status === 404 && /\bmodel/i.test(f.said)) ||
      ((f.status === 400 || f.status === 404) &&
        (f.has('model_not_found', 'invalid_model', 'deploymentnotfound') ||
          /\bis not a valid model ID\b/i.test(f.said))),
    ...callersFault,
  },
  { id: 'caller.not-found', when: (f) => f.status === 404, ...callersFault },
  { id: 'caller.too-large', when: (f) => f.status === 413, ...callersFault },
];
