/** A field of CSV that no spreadsheet runs as a formula. */
export function csvField(text: string): string {
  return csvQuoted(inert(text));
}

/**
 * What a spreadsheet would run as a formula, also after white space, gets a quote in front; a plain number is none. In many countries a
 * spreadsheet takes `;` for the end of a field, so what stands behind one is looked at like a field.
 */
function inert(text: string): string {
  if (/^-?\d+(\.\d+)?$/.test(text)) return text;
  const inner = text.replace(/;(?=\s*["']?\s*[=+\-@＝＋－＠])/g, ";'");
  return /^\s*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${inner}` : inner;
}

/** A field of CSV as RFC 4180 has it. */
export function csvQuoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
