import { RE2JS } from '@bufbuild/re2';

/** Whether a path, without a slash before it, is one of a pattern's. */
export type Matches = (path: string) => boolean;

/**
 * A pattern of GitHub's CODEOWNERS: the rules of gitignore, but that `docs/*` reaches no deeper, and that `!` and `[a-z]` have no
 * meaning.
 * @returns undefined for a pattern that matches nothing there
 */
export function githubPattern(pattern: string): Matches | undefined {
  const plain = unescaped(pattern);
  if (/\*\*\*|^!|[[\]]/.test(plain)) return undefined;
  let parts = plain.split('/');
  if (parts[0] === '') parts = parts.slice(1);
  else if (parts.length === 1 || (parts.length === 2 && parts[1] === '')) parts = ['**', ...parts];
  if (parts.length > 1 && parts.at(-1) === '') parts[parts.length - 1] = '**';
  let source = '';
  let slash = false;
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === '**') {
      if (i === 0) source += last ? '.+' : '(?:.+/)?';
      else source += last ? '/.+' : '(?:/.+)?';
      slash = i > 0;
      continue;
    }
    source += `${slash ? '/' : ''}${part === '*' ? '[^/]+' : segment(part)}`;
    // A folder stands for all below it; `*` alone stands for what lies in a folder.
    if (last && part !== '*') source += '(?:/.*)?';
    slash = true;
  }
  return matcher(source);
}

/**
 * A pattern of GitLab's CODEOWNERS: Ruby's `File.fnmatch` on the path with a slash before it, anywhere unless it begins with a
 * slash; a folder is named with a slash at its end.
 */
export function gitlabPattern(pattern: string): Matches {
  const plain = unescaped(pattern);
  let whole = plain === '*' ? '/**/*' : plain.startsWith('/') ? plain : `/**/${plain}`;
  if (whole.endsWith('/')) whole += '**/*';
  const source = whole
    .split(/(?<=\/)(\*\*\/)/)
    .map((part) => (part === '**/' ? '(?:[^/]+/)*' : segment(part)))
    .join('');
  const matches = matcher(source);
  return (path) => matches(`/${path}`);
}

/** In the linear-time engine: whoever may write a pattern could make another one hang. */
function matcher(source: string): Matches {
  const compiled = RE2JS.compile(source, RE2JS.DOTALL);
  return (path) => compiled.matches(path);
}

const unescaped = (pattern: string): string => pattern.replace(/\\([\s#])/g, '$1');

/** Stars and question marks within a segment; anything else is itself. */
function segment(text: string): string {
  return text
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
}
