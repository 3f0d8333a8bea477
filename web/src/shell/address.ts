/** What is wanted of a page is in its address: each state of it has a link. */
import { useSearchParams } from '@solidjs/router';

type Texts = Readonly<Record<string, string | undefined>>;

/** An empty text takes its name out of the address. */
export const withoutEmpty = (changes: Texts): Record<string, string | null | undefined> =>
  Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [name, value === '' ? null : value]),
  );

export function useFilters<Params extends Record<string, string | undefined>>() {
  const [params, setParams] = useSearchParams<Params>();
  /** Typing leaves no trail in the browser's history. */
  const set = (name: keyof Params & string) => (value: string) =>
    setParams(withoutEmpty({ [name]: value }), { replace: true });
  return { params, setParams, set };
}

export function addressOf(path: string, params: Texts): string {
  const named = Object.entries(params).filter(([, value]) => value);
  return `${path}?${new URLSearchParams(named as [string, string][]).toString()}`;
}
