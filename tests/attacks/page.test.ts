import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { threatModelPage } from '../../scripts/reference/threat-model.ts';
import { ROOT } from '../acceptance/workshop.ts';
import { FAMILIES } from './index.ts';

const attacks = FAMILIES.flatMap((family) => family.attacks);

describe('the threat model', () => {
  it('has each of the seventeen attacks that an auditor thinks of, once for each shape', () => {
    const ids = attacks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const numbers = new Set(ids.map((id) => Number.parseInt(id, 10)));
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, at) => at + 1));
  });

  it('says of each attack that nobody sees that it is not defended', () => {
    const silent = attacks.filter(({ seen, holds = [] }) => seen.length + holds.length === 0);
    for (const { remains } of silent) expect(remains).toMatch(/^Not defended/);
  });

  it('is the page that these tests make (npm run docs writes it)', () => {
    const page = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
    expect(threatModelPage(page)).toBe(page);
  });
});
