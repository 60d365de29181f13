import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DAY_STATES,
  dataTable,
  escapeHtml,
  heatMap,
  heatMapSvg,
  html,
  identifier,
  instant,
  renderPage,
  STATE_WORDS,
} from './index.ts';
import { STYLE } from './style.ts';

describe('html', () => {
  it('escapes every value, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const out = html`<a title="${text}">${text}</a>`.text;
        expect(out.slice(10, -4)).not.toMatch(/<|"(?!>)/);
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('keeps markup that it made itself, also in lists', () => {
    expect(html`<ul>${['<', '>'].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe(
      '<ul><li>&lt;</li><li>&gt;</li></ul>',
    );
  });
});

describe('heat map', () => {
  const rows = [
    {
      name: 'soc2/cc6.1',
      title: 'Access',
      cells: DAY_STATES.map((state) => ({ state, text: `${state} text` })),
    },
  ];
  const days = DAY_STATES.map((_, i) => `2026-11-0${i + 1}`);

  it('draws each state apart and says each in words, in picture and table, with its title', () => {
    const { text } = heatMap(days, rows);
    for (const state of DAY_STATES) {
      // Once in the picture and once in the legend; its counts in the tooltip and in the table.
      expect(text.split(`class="tile ${state}"`)).toHaveLength(3);
      expect(text.split(`${state} text`)).toHaveLength(3);
      expect(text).toContain(`<span class="unseen">${STATE_WORDS[state]}</span>`);
    }
    expect(text).toContain('soc2/cc6.1, 2026-11-07: no evidence (none text)');
    expect(text).toContain('Access<br><code class="soft">soc2/cc6.1</code>');
  });

  it('is a picture of its own too: one tile a control and day, and one a state in the legend, each in words', () => {
    const text = heatMapSvg(days, rows);
    expect(text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /,
    );
    for (const state of DAY_STATES) {
      expect(text.split(`<g class="${state}">`)).toHaveLength(3);
      expect(text).toContain(`${STATE_WORDS[state]} (${state} text)</title>`);
    }
    expect(text).toContain('1 controls, 7 days from 2026-11-01 to 2026-11-07.');
    // One day is narrow: the legend fits all the same, at seven units a letter and what stands round them.
    const width = Number(/width="(\d+)"/.exec(heatMapSvg(days.slice(0, 1), rows))?.[1]);
    for (const words of Object.values(STATE_WORDS))
      expect(width).toBeGreaterThanOrEqual(words.length * 7 + 52);
    // Nothing is fetched, and nothing runs.
    expect(text).not.toMatch(/<script|href|url\((?!#none\))|@import|<style/);
  });

  it('as a picture is well-formed whatever a title holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, title) => {
        const text = heatMapSvg(['2026-11-01'], [{ name, title, cells: [{ state: 'pass', text: title }] }]);
        // Char of XML 1.0 (section 2.2).
        expect(text).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
        expect(text).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(text.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
      }),
    );
  });

  it('does not draw a missing day as a pass', () => {
    const { text } = heatMap(
      ['2026-11-01'],
      [{ name: 'c', title: '', cells: [{ state: 'none', text: '' }] }],
    );
    expect(text.split('class="tile pass"')).toHaveLength(2); // the legend only
  });
});

describe('tiles', () => {
  const bright = variables(STYLE.slice(0, STYLE.indexOf('@media')));
  const modes = [
    ['bright', bright],
    ['dark', { ...bright, ...variables(STYLE.slice(STYLE.indexOf('@media'), STYLE.indexOf('*{'))) }],
  ] as const;

  it.each(modes)('%s: each glyph can be read on its tile (WCAG 1.4.3: 4.5 to 1)', (_, colours) => {
    const glyphs = [...STYLE.matchAll(/\.tile\.\w+\{background:var\((--\w+)\);color:var\((--\w+)\)\}/g)];
    expect(glyphs).toHaveLength(5);
    for (const [rule, tile = '', glyph = ''] of glyphs)
      expect(contrast(colours[tile], colours[glyph]), rule).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colours['--ground'], colours['--ink'])).toBeGreaterThanOrEqual(4.5);
  });

  // 1.4.11 asks for 3 to 1 against what is around a tile that is filled, or a glyph; green was once as light as grey.
  it.each(modes)('%s: passed is lighter or darker than failed, and than an empty tile', (_, colours) => {
    expect(contrast(colours['--pass'], colours['--fail'])).toBeGreaterThanOrEqual(2);
    expect(contrast(colours['--pass'], colours['--ground'])).toBeGreaterThanOrEqual(2);
    expect(contrast(colours['--waived'], colours['--fail'])).toBeGreaterThanOrEqual(3);
    // Stopped stands between waived and passed.
    for (const near of ['--waived', '--pass'])
      expect(contrast(colours['--stopped'], colours[near]), near).toBeGreaterThanOrEqual(2.5);
    expect(contrast(colours['--stopped'], colours['--light'])).toBeGreaterThanOrEqual(4.5);
  });
});

function variables(css: string): Record<string, string> {
  return Object.fromEntries(
    [...css.matchAll(/(--\w+):(#[0-9a-f]+)/g)].map(([, name, value]) => [name, value]),
  );
}

/** Contrast ratio of two colours, by the formula of WCAG 2.2. */
function contrast(a = '', b = ''): number {
  const luminance = (colour: string) => {
    const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe('what a cell holds', () => {
  it('an instant is cut to the second for people and whole for machines', () => {
    expect(instant('2026-11-16T09:00:00.003Z').text).toBe(
      '<time datetime="2026-11-16T09:00:00.003Z">2026-11-16 09:00:00</time>',
    );
    expect(instant('soon <1>').text).toBe('soon &lt;1&gt;');
  });

  it('an id may break behind its separators, and is escaped', () => {
    expect(identifier('Pod/a<b').text).toBe('<code class="soft long">Pod/<wbr>a&lt;b</code>');
  });
});

describe('page', () => {
  it('has a language, one main part, headings that sections name, and no script', () => {
    const text = renderPage({
      title: 'Evidence <1>',
      lead: ['a'],
      sections: [{ id: 's', title: 'Section', body: dataTable('numbers', ['n'], [[1234567]]) }],
      footer: 'f',
    });
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<h1>Evidence &lt;1&gt;</h1>');
    expect(text).toContain('<section aria-labelledby="s"><h2 id="s">');
    expect(text).toContain('<td class="number">1,234,567</td>');
    expect(text).not.toContain('<script');
  });
});
