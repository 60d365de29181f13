import type { LineRange } from './patch.ts';

/** Source and variables of Terraform and OpenTofu, in either syntax. */
export function isTerraform(file: string): boolean {
  return /\.(tf|tofu|tfvars)(\.json)?$/i.test(file);
}

/** Values of variables: every resource may depend on them. */
export function isVariables(file: string): boolean {
  return /\.tfvars(\.json)?$/i.test(file);
}

/** A top-level block that does not start its line, so that no line of the file tells where blocks begin. */
const INDENTED = new RegExp(
  [
    String.raw`^(?:[^\S\n]+|[^\n]*\*\/[^\S\n]*)(?:`,
    // With labels; some of these words are names of blocks without any within a resource.
    String.raw`(?:resource|data|variable|module|provider|output|ephemeral|action|check)(?:[^\S\n]*"|[^\S\n]+[A-Za-z_])`,
    String.raw`|(?:locals|terraform|moved|import|removed)[^\S\n]*\{)`,
  ].join(''),
  'm',
);

/** Functions that read a file, and its name where that is written out. */
const READS = /\b(?:file\w*|templatefile)\s*\(\s*(?:"([^"\n]*)"\s*[,)])?/g;
/** Data sources that read files or run programs. */
const READERS = /\bdata\s*"?(?:local_\w*file|external|archive_file|template_\w+)\b/;

/**
 * Whether Terraform source reads one of these files by a function. A name that is put together may be any.
 * @param texts of the source
 */
export function readsAny(texts: readonly string[], files: readonly string[]): boolean {
  const last = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const bases = new Set(files.map(last));
  return texts.some(
    (text) =>
      READERS.test(text) ||
      [...text.matchAll(READS)].some(([call, name]) => {
        if (name === undefined || call.startsWith('fileset')) return true;
        return last(name).includes('}') || bases.has(last(name));
      }),
  );
}

/**
 * Which blocks of Terraform source a change touches. A rule may look at several resources, and a plan depends on all of a
 * module; so a resource is unchanged only where its own block is, no changed block names it, it names no changed one, and nothing but
 * resources was changed.
 */
export class Terraform {
  #unknown = false;
  #text = '';
  readonly #names = new Set<string>();

  /** A changed file. @param removed the lines that are gone */
  add(text: string, ranges: readonly LineRange[], removed: readonly string[], variables: boolean): void {
    if (variables || INDENTED.test(removed.join('\n'))) this.#unknown = true;
    if (removed.some((line) => /^[A-Za-z_]/.test(line) && !/^resource\b/.test(line))) this.#unknown = true;
    this.#remember(removed.join('\n'));
    for (const block of blocksOf(text)) {
      if (!touched(block, ranges)) continue;
      if (block.name === undefined && block.text.trim() !== '') this.#unknown = true;
      this.#remember(block.text);
    }
  }

  /** A change that cannot be read line by line. */
  unknown(): void {
    this.#unknown = true;
  }

  /** @param line where a violation is, in a file with this text and these changes */
  isUnchanged(text: string, line: number, ranges: readonly LineRange[]): boolean {
    if (this.#unknown) return false;
    const block = blocksOf(text).find(({ from, to }) => from <= line && line <= to);
    if (block?.name === undefined || touched(block, ranges)) return false;
    if (named(this.#text, block.name)) return false;
    return ![...this.#names].some((name) => named(block.text, name));
  }

  #remember(text: string): void {
    this.#text += `\n${text}`;
    for (const [, type, name] of text.matchAll(/^resource\s+"([^"]+)"\s+"([^"]+)"/gm))
      this.#names.add(`${type}.${name}`);
  }
}

interface Block extends LineRange {
  text: string;
  /** `type.name` of a resource. */
  name: string | undefined;
}

/**
 * Top-level blocks, each up to the next. A heredoc or a comment may have lines that look like the start of one, and a start may stand
 * behind spaces: then the file is one block without a name.
 */
function blocksOf(text: string): Block[] {
  const lines = text.split('\n');
  if (text.includes('<<') || text.includes('/*') || INDENTED.test(text))
    return [{ from: 1, to: lines.length, text, name: undefined }];
  const starts = lines.flatMap((line, i) => (/^[A-Za-z_]/.test(line) ? [i] : []));
  const from = starts[0] === 0 ? starts : [0, ...starts];
  return from.map((start, i) => {
    const end = from[i + 1] ?? lines.length;
    const part = lines.slice(start, end).join('\n');
    const [, type, name] = /^resource\s+"([^"]+)"\s+"([^"]+)"/.exec(part) ?? [];
    return { from: start + 1, to: end, text: part, name: type === undefined ? undefined : `${type}.${name}` };
  });
}

function touched({ from, to }: LineRange, ranges: readonly LineRange[]): boolean {
  return ranges.some((range) => range.from <= to && range.to >= from);
}

function named(text: string, name: string): boolean {
  return new RegExp(`(^|[^\\w.-])${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\w-])`, 'm').test(text);
}
