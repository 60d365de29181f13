/**
 * The setup-terraform action wraps the terraform command: it prints `[command]/path/terraform show -json ...` before the
 * JSON, and `%0A` or `::set-output`, `::debug` lines after it. The JSON itself is one line, or is pretty-printed between them.
 * @returns where the JSON starts and ends in the text
 */
export function unwrap(text: string): { start: number; end: number } {
  if (!text.startsWith('[command]')) return { start: 0, end: text.length };
  const firstLine = text.indexOf('\n');
  const start = firstLine < 0 ? text.length : text.indexOf('{', firstLine);
  if (start < 0) return { start: text.length, end: text.length };
  let end = text.length;
  // From the end, line by line, so that no `%0A` or `::` inside the JSON is taken for the trailer.
  for (;;) {
    const line = text.lastIndexOf('\n', end - 1) + 1;
    const content = text.slice(line, end).trim();
    if (line <= start || !(content === '' || content === '%0A' || /^::[a-z]/.test(content))) break;
    end = line - 1;
  }
  while (end > start) {
    const kept = text.slice(Math.max(start, end - 8), end);
    const tail = /(?:%0A|\s)+$/.exec(kept)?.[0].length ?? 0;
    if (tail === 0) break;
    end -= tail;
  }
  return { start, end };
}
