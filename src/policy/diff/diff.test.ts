import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findOpa, type Opa, type Policy, type Repository, readRepository } from '../index.ts';
import { FIXTURE, writeFixture } from '../testing/fixture.ts';
import { type Change, compareVersions, type Side, unifiedDiff } from './index.ts';
import { comparePolicies } from './policies.ts';

const POLICY = 'policies/box/box-sealed/policy.rego';
const FRAMEWORK = 'frameworks/soc2.yaml';
let opa: Opa;
let before: Side;
beforeAll(async () => {
  opa = await findOpa(process.env);
  before = await side({});
});

const sideOf = ({ policies, frameworks, control_map, overrides, files, config }: Repository): Side => ({
  ...{ policies, frameworks, control_map, overrides, files },
  ...{ lineage: config.name, asks: config },
  require_signed_tag: config.release?.require_signed_tag === true,
  ...(config.valid_days === undefined ? {} : { valid_days: config.valid_days }),
});
const side = async (changes: Record<string, string | undefined>): Promise<Side> =>
  sideOf(await readRepository(await writeFixture(changes), { opa }));
const edited = (file: string, ...edits: [string, string][]) => ({
  [file]: edits.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, FIXTURE[file] ?? ''),
});
const told = (changes: readonly Change[]) =>
  changes.map(({ area, id, kind, effect, words }) => `${area} ${id} ${kind} ${effect}: ${words}`);
const diff = async (changes: Record<string, string | undefined>) =>
  told(compareVersions(before, await side(changes)));

describe('two versions of the policies', () => {
  it('that are the same have no difference, and neither has a comment', async () => {
    expect(await diff({})).toEqual([]);
    expect(await diff(edited(POLICY, ['import data.lib.boxes', '# Words.\nimport data.lib.boxes']))).toEqual(
      [],
    );
  });

  it('are told in words, and what is weaker is marked', async () => {
    const changed = edited(
      POLICY,
      ['severity: high', 'severity: low'],
      ['owner: packing', 'owner: shipping'],
      ['{ci: enforce, pre-commit: warn}', '{ci: warn, runtime: observe}'],
      ['strength: partial', 'strength: supporting'],
      ['cadence: change', 'cadence: P1D'],
      ['since: 2026-11-01', 'since: 2027-01-01'],
      ['redact: ["$.boxes[*].key"]', 'redact: []'],
      ['remediation: Seal the box.', 'remediation: Seal it twice.'],
    );
    expect(await diff(changed)).toEqual([
      'policy box-sealed changed weaker: severity: high to low',
      'policy box-sealed changed weaker: pre-commit: warn to nothing, it is not judged there any more',
      'policy box-sealed changed weaker: ci: enforce to warn',
      'policy box-sealed changed stronger: runtime: nothing to observe',
      'policy box-sealed changed weaker: soc2/cc6.1: partial to supporting',
      'policy box-sealed changed neutral: owner: packing to shipping',
      'policy box-sealed changed neutral: remediation: “Seal the box.” to “Seal it twice.”',
      'policy box-sealed changed weaker: since: 2026-11-01 to 2027-01-01',
      'policy box-sealed changed unknown: cadence: change to P1D',
      'policy box-sealed changed weaker: redacted paths: without $.boxes[*].key',
    ]);
  });

  it('of which one has fewer policies, rules, links, controls', async () => {
    const gone = Object.fromEntries(
      Object.keys(FIXTURE)
        .filter((path) => path.startsWith('policies/k8s/labels/'))
        .map((path) => [path, undefined]),
    );
    expect(
      await diff({
        ...gone,
        ...edited('controls/map.yaml', ['CKV_AWS_16', 'CKV_AWS_17']),
        ...edited(FRAMEWORK, [
          'cc8.1, title: Change, summary: Changes are controlled., coverage: automated',
          'cc9.9, title: New, summary: New., coverage: manual',
        ]),
      }),
    ).toEqual([
      'policy team-label removed weaker: was low: Deployments name their team',
      'rule policies/k8s/labels/policy.rego removed unknown: gone, of team-label',
      'control-map checkov/CKV_AWS_16 removed weaker: does not support soc2/cc6.1 any more (was partial)',
      'control-map checkov/CKV_AWS_17 added stronger: supports soc2/cc6.1 (partial)',
      'framework soc2 changed weaker: cc8.1: not a control any more (Change)',
      'framework soc2 changed neutral: cc9.9: new control, New',
    ]);
  });

  it('of which one waives more, for longer, and asks for less', async () => {
    const strict = await side({
      'exhibit.yaml': `${FIXTURE['exhibit.yaml']}release: {require_signed_tag: true}\nbundle: {valid_days: 7}\n`,
    });
    const loose = await side({
      ...edited(
        'overrides/ok.yaml',
        ['sunset: 2026-12-31', 'sunset: 2027-01-01'],
        ['created: 2026-01-01', 'created: 2026-02-01'],
      ),
      'overrides/more.yaml': (FIXTURE['overrides/ok.yaml'] ?? '').replace('OV-1', 'OV-3'),
    });
    expect(told(compareVersions(strict, loose))).toEqual([
      'override OV-1 changed weaker: sunset: 2026-12-31T23:59:59.999Z to 2027-01-01T23:59:59.999Z',
      'override OV-1 changed neutral: created: 2026-01-01T00:00:00.000Z to 2026-02-01T00:00:00.000Z',
      'override OV-3 added weaker: waives box-sealed until 2026-12-31T23:59:59.999Z, owner Ada',
      'release repository changed weaker: a signed tag is not asked for any more',
      'release repository changed weaker: a signature holds: 7 days to without end',
    ]);
  });

  it('of which one asks for less of overrides, or believes others', async () => {
    const one = await side({
      'exhibit.yaml':
        'name: fixture\noverrides: {longest_days: {high: 365}, approval: [signature], unchecked_tickets: reject}\n' +
        'release: {allowed_signers: a}\nexports: [{format: conftest, folder: out}]\n',
      'overrides/allowed_signers': 'grace@example.org ssh-ed25519 AAAA\n',
      CODEOWNERS: '* @risk\n',
    });
    const other = await side({
      'exhibit.yaml':
        'name: other\noverrides: {longest_days: {high: 365, critical: 365}, approval: [signature, codeowners]}\n' +
        'release: {allowed_signers: b}\n',
      'overrides/allowed_signers': 'eve@example.org ssh-ed25519 AAAA\n',
      'docs/CODEOWNERS': '* @eve\n',
    });
    expect(told(compareVersions(one, other)).filter((line) => line.startsWith('release'))).toEqual([
      'release repository changed unknown: lineage: fixture to other, older bundles are noticed within one lineage',
      'release repository changed weaker: approval of an override: signature to signature or codeowners',
      'release repository changed weaker: an override whose ticket is unchecked: reject to apply',
      'release repository changed weaker: an override of a critical policy may last: 30 to 365 days',
      'release repository changed unknown: who may sign a tag: allowed_signers a to b',
      'release repository changed weaker: the export conftest in out is not compared any more',
      'release CODEOWNERS removed unknown: who may approve an override',
      'release docs/CODEOWNERS added unknown: who may approve an override',
      'release overrides/allowed_signers changed unknown: who may approve an override',
    ]);
  });

  it('name what stands behind an override no more, though its text is the same', async () => {
    const approved = { by: 'signature' as const, evidence: 'SHA256:x' };
    const checked = { state: 'open' as const, owner: 'matches' as const };
    const of = (more: object): Side => ({
      ...before,
      overrides: before.overrides.map((each) => ({ ...each, ...more })),
    });
    const [from, to] = [of({ approval: approved, ticket_check: checked }), of({})];
    expect(told(compareVersions(from, to))).toEqual([
      'override OV-1 changed weaker: approved by: signature to its text alone',
      'override OV-1 changed weaker: ticket: not checked any more',
    ]);
    expect(compareVersions(to, from).map(({ effect }) => effect)).toEqual(['stronger', 'stronger']);
  });

  it('name a new shared module, and a line of a raw string that looks like a comment', async () => {
    expect(await diff({ 'lib/boxes/more.rego': 'package lib.boxes\n\nall contains {"id": "x"}\n' })).toEqual([
      'rule lib/boxes/more.rego added unknown: new, shared by policies',
    ]);
    const lib = (line: string) =>
      side({ 'lib/boxes/raw.rego': `package lib.boxes\n\nx := \`\n${line}\n\`\n` });
    expect(told(compareVersions(await lib('#a'), await lib('#b')))).toEqual([
      'rule lib/boxes/raw.rego changed unknown: other rules, shared by policies',
    ]);
  });

  it('show the rules that differ as git does', async () => {
    const after = await side(edited(POLICY, ['not box.sealed', 'not box.sealed == true']));
    const changes = compareVersions(before, after);
    expect(told(changes)).toEqual([`rule ${POLICY} changed unknown: other rules, of box-sealed`]);
    const text = await unifiedDiff(before, after, [POLICY]);
    expect(text).toContain(`--- old/${POLICY}\n+++ new/${POLICY}\n`);
    expect(text.split('\n').filter((line) => /^[-+]\t/.test(line))).toEqual([
      '-\tnot box.sealed',
      '+\tnot box.sealed == true',
    ]);
  });

  it('name a change of a shared module', async () => {
    const lib = 'lib/boxes/boxes.rego';
    expect(await diff({ [lib]: `${FIXTURE[lib]}\nnone if count(all) == 0\n` })).toEqual([
      `rule ${lib} changed unknown: other rules, shared by policies`,
    ]);
  });
});

describe('laws', () => {
  const mode = fc.constantFrom('enforce' as const, 'warn' as const, 'observe' as const);
  const layers = fc.dictionary(
    fc.constantFrom('ci' as const, 'admission' as const, 'runtime' as const),
    mode,
  );
  const severity = fc.constantFrom('critical' as const, 'high' as const, 'low' as const);
  const change = fc.record({ layers, severity });
  const opposite = {
    weaker: 'stronger',
    stronger: 'weaker',
    neutral: 'neutral',
    unknown: 'unknown',
  } as const;

  it('a comparison the other way round has the opposite effects', () => {
    fc.assert(
      fc.property(change, change, (a, b) => {
        const [base] = before.policies;
        const one = { ...base, ...a } as Policy;
        const two = { ...base, ...b } as Policy;
        const there = comparePolicies([one], [two]).map(({ effect }) => effect);
        const back = comparePolicies([two], [one]).map(({ effect }) => opposite[effect]);
        expect(back).toEqual(there);
      }),
    );
  });
});
