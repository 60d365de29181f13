// A plugin of the build: what is imported from a folder's index.ts is taken from the file that makes it. esbuild puts all that an index
// names into whatever chunk imports anything of it, so that `exhibit version` would load every schema of the record.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';

/** Where a name comes from: the file that makes it, and what it is called there. */
interface Origin {
  file: string;
  name: string;
}

const STATEMENT = /^(import|export) \{([^}]*)\} from '([^']*\/index\.ts)';$/gm;
const RE_EXPORT = /^export \{([^}]*)\} from '([^']+)';$/gm;

/** As an object `z` would keep all of zod, with its messages in 40 languages; as a namespace only what is used of it. */
const ZOD = /^import \{ z \} from 'zod';$/m;

/** Names of a braces list that are values: `a, type B, c as d` gives a and c as d. */
function valuesOf(list: string): { name: string; as: string }[] {
  return list
    .replace(/\/\*.*?\*\/|\/\/.*$/gms, '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '' && !item.startsWith('type '))
    .map((item) => {
      const [name = '', as = name] = item.split(/\s+as\s+/);
      return { name, as };
    });
}

/** What an index hands on from other files, by name. What it makes itself is not in it. */
function handedOn(index: string, known: Map<string, Map<string, Origin>>): Map<string, Origin> {
  const before = known.get(index);
  if (before !== undefined) return before;
  const origins = new Map<string, Origin>();
  known.set(index, origins);
  for (const [, list = '', from = ''] of readFileSync(index, 'utf8').matchAll(RE_EXPORT)) {
    const file = join(dirname(index), from);
    const further = file.endsWith('/index.ts') ? handedOn(file, known) : undefined;
    for (const { name, as } of valuesOf(list)) origins.set(as, further?.get(name) ?? { file, name });
  }
  return origins;
}

/** @param text a source file; @returns it with its imports going to the files that make what is imported */
export function directImports(path: string, text: string, known: Map<string, Map<string, Origin>>): string {
  return text
    .replace(ZOD, "import * as z from 'zod';")
    .replace(STATEMENT, (_whole, word: string, list: string, from: string) => {
      const index = join(dirname(path), from);
      const origins = handedOn(index, known);
      const all = valuesOf(list).map(({ name, as }) => {
        const origin = origins.get(name) ?? { file: index, name };
        const to = relative(dirname(path), origin.file).replaceAll('\\', '/');
        return `${word} { ${origin.name === as ? as : `${origin.name} as ${as}`} } from '${to.startsWith('.') ? to : `./${to}`}';`;
      });
      // On one line, so that an error of the build names the right one.
      return all.join(' ') + list.replace(/[^\n]/g, '');
    });
}

/** @param folder of the sources */
export function directImportsPlugin(folder: string): Plugin {
  return {
    name: 'direct-imports',
    setup(build) {
      const known = new Map<string, Map<string, Origin>>();
      build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path.startsWith(folder)
          ? { contents: directImports(path, readFileSync(path, 'utf8'), known), loader: 'ts' }
          : undefined,
      );
    },
  };
}
