import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Bundle,
  buildBundle,
  openBundle,
  readRepository,
  regoPolicies,
} from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';
import { inverted } from './invert.ts';
import { casesOf, type PolicyParity, runSuite } from './suite.ts';
import { formless, lacking, page, totalsOf } from './table.ts';

const ROOT = 'policies';

async function bundleOf(root: string): Promise<Bundle> {
  const built = await buildBundle(root, {
    opa: await keptCompiler(),
    revision: 'test',
    allowDirty: true,
  });
  return openBundle(built.files, { keys: [], allowUnsigned: true });
}

let all: PolicyParity[];
let opposite: PolicyParity[];

describe('one rule, one verdict', () => {
  beforeAll(async () => {
    const repository = await readRepository(ROOT, { opa: await keptCompiler() });
    const cases = casesOf(repository);
    const bundle = await bundleOf(ROOT);
    all = await runSuite(bundle, cases);
    const own = regoPolicies(repository.policies).filter(({ style }) => style === 'exhibit');
    // Each rule stands at one of these.
    opposite = await runSuite(inverted(bundle, own), cases, ['ci', 'admission']);
  }, 900_000);

  it('gives the same verdict at every layer, in every form and in stock OPA', () => {
    const { policies, verdicts, differing, subjects } = totalsOf(all);
    console.log(
      `parity: ${differing} of ${verdicts} verdicts differ; ${policies} policies, ${subjects} subjects`,
    );
    expect(all.flatMap((one) => one.differing)).toEqual([]);
    expect(policies).toBeGreaterThan(80);
  });

  it('judges every example as its name says', () => {
    expect(all.flatMap(({ wrong }) => wrong)).toEqual([]);
  });

  it('has two passing and two failing subjects for each form that a policy claims', () => {
    expect(all.flatMap(lacking)).toEqual([]);
  });

  it('has a form for each layer that a policy names', () => {
    expect(all.flatMap(formless)).toEqual([]);
  });

  // The rules do not know each other, so one set of sources with all of them inverted shows what one inverted rule would.
  it('fails for each rule that is inverted', () => {
    const unseen = opposite.filter(({ wrong }) => wrong.length === 0).map(({ policy }) => policy.id);
    console.log(`parity: ${opposite.length - unseen.length} of ${opposite.length} inverted rules are found`);
    expect(unseen).toEqual([]);
    expect(opposite).toHaveLength(all.length);
  });

  // The WebAssembly still holds the rules as they are: a layer with another rule than the rest is seen as well.
  it('finds a layer that judges with another rule', () => {
    expect(opposite.filter(({ differing }) => differing.length === 0).map(({ policy }) => policy.id)).toEqual(
      [],
    );
  });

  it('is published as a table that is current', async () => {
    await expect(page(all)).toMatchFileSnapshot('../../../docs/reference/parity.md');
  });
});
