/** Lines of the newer file, both included, from 1. */
export interface LineRange {
  from: number;
  to: number;
}

export interface PatchedFile {
  /** Path in the newer tree. */
  name: string;
  ranges: LineRange[];
  /** Text of the lines that were removed. */
  removed: string[];
}

/**
 * Reads `git diff --unified=0`. Lines are counted by the heads of hunks, since a changed line may look like a head itself. Where lines
 * were only removed, the two beside them count as changed.
 */
export function readPatch(text: string): PatchedFile[] {
  const lines = text.split('\n');
  const files: PatchedFile[] = [];
  let file: PatchedFile | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.startsWith('diff --git ')) file = undefined;
    else if (line.startsWith('+++ ')) {
      const name = nameOf(line.slice(4));
      file = name === undefined ? undefined : { name, ranges: [], removed: [] };
      if (file !== undefined) files.push(file);
    }
    const head = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (head === null) continue;
    const [old, start, count] = [Number(head[1] ?? 1), Number(head[2]), Number(head[3] ?? 1)];
    file?.ranges.push(count === 0 ? { from: start, to: start + 1 } : { from: start, to: start + count - 1 });
    for (let left = old + count; left > 0 && at + 1 < lines.length; at += 1) {
      const next = lines[at + 1] ?? '';
      if (next.startsWith('-')) file?.removed.push(next.slice(1));
      if (!next.startsWith('\\')) left -= 1;
    }
  }
  return files;
}

/** `b/name`, quoted as in C where it has signs that a terminal does not show; undefined for a file that is gone. */
function nameOf(text: string): string | undefined {
  // git ends a name with a tab where it has a space.
  const bare = text.replace(/\t$/, '');
  if (!bare.startsWith('"')) return bare.startsWith('b/') ? bare.slice(2) : undefined;
  const bytes: number[] = [];
  const letters: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 };
  for (const [, octal, letter, plain] of bare.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined)
      bytes.push(...(letter in letters ? [letters[letter] ?? 0] : Buffer.from(letter)));
    else bytes.push(...Buffer.from(plain ?? ''));
  }
  const name = Buffer.from(bytes).toString('utf8');
  return name.startsWith('b/') ? name.slice(2) : undefined;
}
