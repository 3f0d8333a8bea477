/** Answers to questions of a page: asked again when what they depend on changes, and why there is none. */
import { createResource, type Accessor } from 'solid-js';

export type Asked<Answer> = Readonly<{
  /** The newest answer, also while it is asked again. */
  value: Accessor<Answer | undefined>;
  fault: Accessor<string | undefined>;
  isWaiting: Accessor<boolean>;
  again: () => void;
}>;

/** Nothing is asked while `about` is undefined. */
export function ask<About, Answer>(
  about: Accessor<About | undefined>,
  question: (about: About) => Promise<Answer>,
): Asked<Answer> {
  const [answer, { refetch }] = createResource(
    () => about(),
    async (of: About) => {
      try {
        return { value: await question(of) };
      } catch (error) {
        return { fault: error instanceof Error ? error.message : String(error) };
      }
    },
  );
  // `latest` does not hide the page behind a fallback while it is asked again.
  const latest = () => (answer.state === 'unresolved' ? undefined : answer.latest);
  return {
    value: () => latest()?.value,
    fault: () => latest()?.fault,
    isWaiting: () => answer.loading,
    again: () => void refetch(),
  };
}
