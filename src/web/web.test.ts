import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_STATES, dataTable, escapeHtml, heatMap, html, renderPage } from './index.ts';

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

  it('draws each state apart and says each in words, in picture and table', () => {
    const { text } = heatMap(days, rows);
    for (const state of DAY_STATES) {
      expect(text.split(`class="cell ${state}"`)).toHaveLength(3);
      expect(text.split(`${state} text`)).toHaveLength(3);
    }
    expect(text).toContain('soc2/cc6.1, 2026-11-06: no evidence (none text)');
  });

  it('does not draw a missing day as a pass', () => {
    const { text } = heatMap(
      ['2026-11-01'],
      [{ name: 'c', title: '', cells: [{ state: 'none', text: '' }] }],
    );
    expect(text.split('class="cell pass"')).toHaveLength(2); // the legend only
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
