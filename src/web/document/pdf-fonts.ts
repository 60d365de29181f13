import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { visible } from './visible.ts';

const files = createRequire(import.meta.url);
const FONTS = { text: 'DejaVuSans', bold: 'DejaVuSans-Bold', code: 'DejaVuSansMono' } as const;
export type FontName = keyof typeof FONTS;

/** DejaVu, embedded: Latin, Greek, Cyrillic, and the signs of tables. Licence: Bitstream Vera and public domain. */
export function registerFonts(document: PDFKit.PDFDocument): void {
  for (const [name, file] of Object.entries(FONTS))
    document.registerFont(name, readFileSync(files.resolve(`dejavu-fonts-ttf/ttf/${file}.ttf`)));
}

interface Glyphs {
  hasGlyphForCodePoint(point: number): boolean;
}

/** Gives text that the font can show: what it has no glyph for stands as its number, so that nothing is lost without a word. */
export function showable(document: PDFKit.PDFDocument, font: FontName): (text: string) => string {
  document.font(font);
  const { font: glyphs } = (document as unknown as { _font: { font: Glyphs } })._font;
  return (text) =>
    [...visible(text).replace(/[\t\r\n]+/g, ' ')]
      .map((char) => {
        const point = char.codePointAt(0) ?? 0;
        return point >= 0x20 && point !== 0x7f && glyphs.hasGlyphForCodePoint(point)
          ? char
          : `\\u{${point.toString(16)}}`;
      })
      .join('');
}

export { PDFDocument };
