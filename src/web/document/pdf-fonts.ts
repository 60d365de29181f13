import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { visible } from '../../record/index.ts';

const files = createRequire(import.meta.url);
const FONTS = { text: 'DejaVuSans', bold: 'DejaVuSans-Bold', code: 'DejaVuSansMono' } as const;
export type FontName = keyof typeof FONTS;

/**
 * The file of a font, by which the library knows it: DejaVu, embedded; Latin, Greek, Cyrillic, and the signs of tables. Licence: Bitstream Vera
 * and public domain. Under a registered name, or as bytes, its tables would read the whole font anew for each cell, since they go back
 * to the source of the font before.
 */
export function fontFile(name: FontName): string {
  return files.resolve(`dejavu-fonts-ttf/ttf/${FONTS[name]}.ttf`);
}

interface Glyphs {
  hasGlyphForCodePoint(point: number): boolean;
}

/** Gives text that the font can show: what it has no glyph for stands as its number, so that nothing is lost without a word. */
export function showable(document: PDFKit.PDFDocument, font: FontName): (text: string) => string {
  document.font(fontFile(font));
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
