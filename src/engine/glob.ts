/**
 * Globs of override scopes: `*` is any text within a segment (between `/`), `**` any text across segments, anything else is itself.
 * Matching takes at most pattern length times text length steps, so neither can be made to hang it.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const tokens = pattern.match(/\*\*|\*|[^*]/gsu) ?? [];
  const chars = [...text];
  // reached[i]: the tokens so far match the first i characters.
  let reached = new Array<boolean>(chars.length + 1).fill(false);
  reached[0] = true;
  for (const token of tokens) {
    const next = new Array<boolean>(chars.length + 1).fill(false);
    for (let i = 0; i <= chars.length; i += 1) {
      if (token === '**') next[i] = reached[i] === true || next[i - 1] === true;
      else if (token === '*') next[i] = reached[i] === true || (next[i - 1] === true && chars[i - 1] !== '/');
      else next[i] = i > 0 && reached[i - 1] === true && chars[i - 1] === token;
    }
    reached = next;
  }
  return reached[chars.length] === true;
}

export function anyGlob(patterns: readonly string[], text: string | undefined): boolean {
  return text !== undefined && patterns.some((pattern) => matchesGlob(pattern, text));
}
