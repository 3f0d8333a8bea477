/** What one line of the table of variables is made of. */
import type { Parse } from './values.ts';

export type FlagName = 'host' | 'port' | 'workers' | 'debug';

export type Row<T> = Readonly<{
  name: string;
  aliases: readonly string[];
  parse: Parse<T>;
  fallback: T;
  meaning: string;
  unit: string | null;
  /** Shown as "set" only. */
  secret: boolean;
  /** The command line option that beats the variable. */
  flag: FlagName | null;
  /** All of its names count together: a list in one, a single value in the other. */
  joined: boolean;
}>;

type Extras = Partial<Pick<Row<unknown>, 'aliases' | 'unit' | 'secret' | 'flag' | 'joined'>>;

export const row = <T>(
  name: string,
  parse: Parse<T>,
  fallback: NoInfer<T>,
  meaning: string,
  extras: Extras = {},
): Row<T> => ({
  name,
  parse,
  fallback,
  meaning,
  aliases: extras.aliases ?? [],
  unit: extras.unit ?? null,
  secret: extras.secret ?? false,
  flag: extras.flag ?? null,
  joined: extras.joined ?? false,
});
