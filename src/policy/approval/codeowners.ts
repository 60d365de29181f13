import type { Files } from '../types.ts';
import { githubPattern, gitlabPattern } from './owner-patterns.ts';

/** Where each code host looks, in its order; the first that is there counts alone. A host passes over the other one's folder. */
const BY_HOST: readonly (readonly string[])[] = [
  ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'],
  ['CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'],
];
export const CODEOWNERS_FILES: readonly string[] = [...new Set(BY_HOST.flat())];

/** An owner of a file, as CODEOWNERS names it, and the line that says so. */
export interface CodeOwner {
  /** `@handle`, `@group/team` or an address. */
  owner: string;
  /** Such as `CODEOWNERS:3`. */
  line: string;
}

/**
 * The code owners of a path, by the CODEOWNERS file of a repository. Of the lines that match, the last one counts; in a
 * file with sections (GitLab), the last one of each section. Which host holds the repository is not known: where GitHub and GitLab would
 * read different files, an owner is one by both. Else a file that the host passes over could name anybody.
 * @returns undefined where the repository has no such file
 * @see https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 * @see https://docs.gitlab.com/user/project/codeowners/reference/
 */
export function codeOwners(files: Files, path: string): CodeOwner[] | undefined {
  const read = BY_HOST.flatMap((names) => names.find((name) => files.has(name)) ?? []);
  const [first, ...others] = [...new Set(read)].map((file) => ownersBy(file, files, path));
  return first?.filter(({ owner }) => others.every((all) => all.some((one) => isNamed(owner, one.owner))));
}

function ownersBy(file: string, files: Files, path: string): CodeOwner[] {
  const lines = Buffer.from(files.get(file) ?? '')
    .toString('utf8')
    .split(/\r?\n/);
  const gitlab = file.startsWith('.gitlab/') || lines.some((line) => SECTION.test(line));
  const winning = new Map<string, CodeOwner[]>();
  const excluded = new Set<string>();
  let section = '';
  let usual: string[] = [];
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const opens = gitlab ? SECTION.exec(line) : null;
    if (opens !== null) {
      // Sections of one name are one, whatever the case.
      section = (opens[1] ?? '').toLowerCase();
      usual = words(line.slice(opens[0].length));
      continue;
    }
    const [pattern = '', ...named] = words(line);
    const negated = gitlab && pattern.startsWith('!');
    const matches = gitlab ? gitlabPattern(negated ? pattern.slice(1) : pattern) : githubPattern(pattern);
    if (matches === undefined || !matches(path)) continue;
    if (negated) excluded.add(section);
    const owners = named.length === 0 && gitlab ? usual : named;
    winning.set(
      section,
      negated ? [] : owners.filter(isOwner).map((owner) => ({ owner, line: `${file}:${i + 1}` })),
    );
  }
  // What a section excludes, no later line of it includes again.
  return [...winning].flatMap(([name, owners]) => (excluded.has(name) ? [] : owners));
}

/** `[Name]`, `^[Optional]`, `[Name][2]`. */
const SECTION = /^\^?\[([^\]]+)\](?:\[\d+\])?(?=\s|$)/;

/** Words of a line up to a comment; a space that belongs to a name is escaped. */
function words(line: string): string[] {
  const all = line.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = all.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? all : all.slice(0, comment);
}

const isOwner = (word: string): boolean => /^@[^@]/.test(word) || /^[^@\s]+@[^@\s]+$/.test(word);

/** True where a text names exactly this owner: the same handle or the same address, in any case. Never a guess. */
export function isNamed(person: string, owner: string): boolean {
  const inBrackets = /<([^<>]+)>\s*$/.exec(person)?.[1];
  return (inBrackets ?? person).trim().toLowerCase() === owner.toLowerCase();
}
