import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type InputDocument, parseInput } from '../../../src/inputs/index.ts';
import {
  checkExportFolder,
  type ExportManifest,
  exportPolicies,
  findOpa,
  readRepository,
  regoPolicies,
} from '../../../src/policy/index.ts';
import { commitAll } from '../../../src/policy/testing/fixture.ts';
import { hclTexts } from '../inputs/hcl-texts.ts';
import { findCheckov, runCheckov, withPlannedValues } from './checkov.ts';
import { agreed, exported, ours, starterBundle } from './export-corpus.ts';

const checkov = findCheckov(process.env) ?? '';
const why = checkov === '' ? ' (skipped: no checkov found; bench/peers.sh installs it)' : '';
const NOT_JUDGED = 'CKV2_EXH__NOT_JUDGED';

const folders: string[] = [];
const temporary = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-checkov-'));
  folders.push(folder);
  return folder;
};
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const put = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
};

/** Every Terraform example, each in a folder of its own: Checkov reads the files of a folder as one module. */
function examples(): Record<string, string> {
  const out: Record<string, string> = {};
  for (const entry of readdirSync('policies/policies', { recursive: true, withFileTypes: true })) {
    const folder = entry.parentPath;
    if (!entry.isFile() || !/\/examples$/.test(folder) || !/\.(tf|json)$/.test(entry.name)) continue;
    const text = readFileSync(join(folder, entry.name), 'utf8');
    const [policy = ''] = folder.split('/').slice(-2);
    const [document] = parseInput(entry.name, Buffer.from(text), DEFAULT_LIMITS).documents;
    const path = `${policy}/${entry.name.replace(/\W/g, '_')}/${entry.name}`;
    if (document?.kind === 'hcl') out[path] = text;
    else if (document?.kind === 'terraform-plan')
      out[path] = JSON.stringify(withPlannedValues(document.value as Record<string, unknown>), null, 2);
  }
  return out;
}

/** Managed resources that the documents say will be there: those that Checkov asks about. */
function resourcesOf({ kind, value }: InputDocument): string[] {
  if (kind === 'hcl') {
    const { resource = {} } = value as { resource?: Record<string, Record<string, unknown>> };
    return Object.entries(resource).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    );
  }
  const { resource_changes } = value as {
    resource_changes: { address: string; mode?: string; change?: { after?: object | null } }[];
  };
  return resource_changes
    .filter(({ mode = 'managed', change }) => mode === 'managed' && change?.after)
    .map(({ address }) => address);
}

describe.skipIf(why !== '')(
  `the export for Checkov in the real Checkov${why}`,
  { timeout: 1_200_000 },
  () => {
    let folder: string;
    let manifest: ExportManifest;
    beforeAll(async () => {
      ({ folder, manifest } = await exported('checkov'));
      folders.push(folder);
    }, 300_000);

    test('gives our verdict on each resource of each Terraform example', async () => {
      const inputs = await temporary();
      const files = examples();
      await put(inputs, files);
      const documents = Object.entries(files).flatMap(
        ([path, text]) => parseInput(path, Buffer.from(text), DEFAULT_LIMITS).documents,
      );
      const { results, code } = await runCheckov(checkov, join(folder, 'checks'), inputs);
      const theirs = results
        .filter(({ check }) => check !== NOT_JUDGED)
        .map(({ file, check, resource, result }) => `${file} ${check} ${resource} ${result}`);

      const { judged } = await ours(await starterBundle(), documents, 'ci');
      const words: Record<string, string> = { pass: 'PASSED', fail: 'FAILED' };
      const mine: string[] = [];
      const undecided = new Set<string>();
      documents.forEach((document, i) => {
        const known = new Set(resourcesOf(document));
        for (const { policy_id, subject, verdict } of judged[i] ?? []) {
          const check = manifest.checks?.[policy_id];
          if (check === undefined || verdict === 'not_applicable') continue;
          const word = words[verdict];
          if (word !== undefined) mine.push(`${document.file} ${check} ${subject.id} ${word}`);
          else if (known.has(subject.id)) undecided.add(`${document.file} ${subject.id}`);
          else for (const resource of known) undecided.add(`${document.file} ${resource}`);
        }
      });
      expect(theirs.sort()).toEqual(mine.sort());
      const said = results.filter(({ check }) => check === NOT_JUDGED);
      expect(said.map(({ file, resource }) => `${file} ${resource}`).sort()).toEqual([...undecided].sort());
      expect(said.every(({ result, details }) => result === 'FAILED' && details.length > 0)).toBe(true);
      expect(code).toBe(1);
      // Nothing was written beside the checks, and the export is still what the policies give.
      const opa = await findOpa(process.env);
      expect(await checkExportFolder('policies', 'checkov', folder, { opa })).toEqual([]);
      const count = (word: string) => mine.filter((line) => line.endsWith(word)).length;
      agreed(
        `checkov: ${documents.length} files, ${manifest.policies.length} of ${manifest.policies.length + manifest.left_out.length} policies, ` +
          `${mine.length} verdicts (${count('PASSED')} passed, ${count('FAILED')} failed), ${undecided.size} resources without one, 0 differ`,
      );
      expect(documents.length).toBeGreaterThan(200);
      expect(count('FAILED')).toBeGreaterThan(200);
      expect(undecided.size).toBeGreaterThan(0);
    });

    test('carries title, severity and remediation, and our message', async () => {
      const inputs = await temporary();
      const text = readFileSync('policies/policies/data/db-encrypted-at-rest/examples/bad-source.tf', 'utf8');
      await put(inputs, { 'main.tf': text });
      const { results } = await runCheckov(checkov, join(folder, 'checks'), inputs);
      const policies = regoPolicies(
        (await readRepository('policies', { opa: await findOpa(process.env) })).policies,
      );
      const policy = policies.find(({ id }) => id === 'db-encrypted-at-rest');
      const failed = results.filter(({ check }) => check === 'CKV2_EXH_DB_ENCRYPTED_AT_REST');
      expect(failed.length).toBeGreaterThan(0);
      for (const one of failed) {
        expect(one).toMatchObject({
          result: 'FAILED',
          severity: policy?.severity.toUpperCase(),
          guideline: policy?.remediation.trim(),
        });
        expect(one.details.join()).toContain(one.resource);
      }
    });

    test('judges source as it is written: a variable with a default, a comment that skips and another file are no pass', async () => {
      const inputs = await temporary();
      const database = (name: string, encrypted: string, more = '') =>
        `resource "aws_db_instance" "${name}" {\n  ${more}\n  storage_encrypted = ${encrypted}\n}\n`;
      await put(inputs, {
        'main.tf':
          `variable "on" {\n  default = true\n}\n` +
          database('computed', 'var.on') +
          database('set', 'true') +
          database('skipped', 'false', '# checkov:skip=CKV2_EXH_DB_ENCRYPTED_AT_REST: not now'),
        // The same name further down: the files must not be taken for each other.
        'sub/main.tf': database('set', 'false'),
      });
      const { results } = await runCheckov(checkov, join(folder, 'checks'), inputs);
      const said = results
        .filter(({ check }) => check === 'CKV2_EXH_DB_ENCRYPTED_AT_REST')
        .map(({ file, resource, result }) => `${file} ${resource} ${result}`);
      expect(said.sort()).toEqual([
        'main.tf aws_db_instance.set PASSED',
        'main.tf aws_db_instance.skipped FAILED',
        'sub/main.tf aws_db_instance.set FAILED',
      ]);
      const open = results.filter(
        ({ check, resource }) => check === NOT_JUDGED && resource === 'aws_db_instance.computed',
      );
      expect(open.flatMap(({ details }) => details).join('\n')).toContain(
        'db-encrypted-at-rest: not_evaluated',
      );
    });

    test('finds the file of each resource: modules within and outside of the folder, counted resources, a single file', async () => {
      const inputs = await temporary();
      const database = (name: string, encrypted: boolean, more = '') =>
        `resource "aws_db_instance" "${name}" {\n  ${more}\n  storage_encrypted = ${encrypted}\n}\n`;
      const main = [
        'module "m" {\n  source = "./mod"\n}\nmodule "o" {\n  source = "../out"\n}\n',
        database('counted', false, 'count = 2'),
        database('each', true, 'for_each = toset(["a.b", "c"])'),
      ];
      await put(inputs, {
        'root/main.tf': main.join(''),
        'root/mod/main.tf': database('inside', true),
        'out/main.tf': database('outside', true),
      });
      const own = [
        'aws_db_instance.counted[0] FAILED',
        'aws_db_instance.counted[1] FAILED',
        'aws_db_instance.each["a.b"] PASSED',
        'aws_db_instance.each["c"] PASSED',
      ];
      const modules = ['module.m.aws_db_instance.inside PASSED', 'module.o.aws_db_instance.outside PASSED'];
      for (const [what, expected] of [
        [
          ['-d', inputs],
          [...own, ...modules],
        ],
        [
          ['-d', join(inputs, 'root')],
          [...own, ...modules],
        ],
        [['-f', join(inputs, 'root/main.tf')], own],
      ] as const) {
        const { results } = await runCheckov(checkov, join(folder, 'checks'), what);
        const said = results.filter(({ check }) => check === 'CKV2_EXH_DB_ENCRYPTED_AT_REST');
        expect(said.map(({ resource, result }) => `${resource} ${result}`).sort()).toEqual(expected);
      }
    });

    test('a resource that Checkov sees and the document does not is not passed over', async () => {
      const inputs = await temporary();
      const change = (name: string) => ({
        address: `aws_db_instance.${name}`,
        mode: 'managed',
        type: 'aws_db_instance',
        name,
        change: { actions: ['create'], before: null, after: { storage_encrypted: true }, after_unknown: {} },
      });
      const plan = {
        format_version: '1.2',
        terraform_version: '1.11.4',
        resource_changes: [change('a'), change('b')],
      };
      const whole = withPlannedValues(plan);
      await put(inputs, {
        'plan.json': JSON.stringify({ ...whole, resource_changes: [change('a')] }, null, 2),
      });
      const { results } = await runCheckov(checkov, join(folder, 'checks'), inputs);
      const said = results.filter(({ resource }) => resource === 'aws_db_instance.b');
      expect(said.map(({ check, result }) => `${check} ${result}`)).toEqual([`${NOT_JUDGED} FAILED`]);
      expect(
        results.some(({ resource, result }) => resource === 'aws_db_instance.a' && result === 'PASSED'),
      ).toBe(true);
    });

    test('without opa, with one that fails, and with a damaged bundle nothing passes, and it says so', async () => {
      const inputs = await temporary();
      const text = readFileSync(
        'policies/policies/data/db-encrypted-at-rest/examples/good-source.tf',
        'utf8',
      );
      await put(inputs, { 'main.tf': text });
      const damaged = (await exported('checkov')).folder;
      folders.push(damaged);
      await writeFile(join(damaged, 'bundle/data.json'), '{');
      for (const [checks, opa, words] of [
        [folder, join(inputs, 'none'), 'opa was not found'],
        [folder, '/bin/false', 'opa gave no answer'],
        [damaged, undefined, 'opa gave no answer'],
      ] as const) {
        const env = opa === undefined ? {} : { EXHIBIT_OPA: opa };
        const { results, code, stderr } = await runCheckov(checkov, join(checks, 'checks'), inputs, env);
        expect(results.length).toBeGreaterThan(0);
        expect(new Set(results.map(({ check, result }) => `${check} ${result}`))).toEqual(
          new Set([`${NOT_JUDGED} FAILED`]),
        );
        expect(results[0]?.details.join()).toContain(words);
        expect(code).toBe(1);
        expect(stderr).toContain(words);
      }
    });

    test('an override skips, by its name, until its sunset', async () => {
      const source = await temporary();
      await put(source, {
        'exhibit.yaml': 'name: waiving\n',
        'policies/boxes/policy.rego': RULE,
        'overrides/ov-1.yaml': overrideOf(new Date(Date.now() + 86_400_000)),
      });
      await commitAll(source);
      const out = join(await temporary(), 'export');
      const opa = await findOpa(process.env);
      const made = await exportPolicies(source, 'checkov', out, { opa, madeBy: 'test', allowDirty: true });
      expect(made.manifest.overrides).toEqual({ carried: ['ov-1'], left_out: [] });
      const inputs = await temporary();
      await put(inputs, { 'main.tf': 'resource "box" "a" {}\nresource "box" "b" {}\n' });
      const said = async () => {
        const { results } = await runCheckov(checkov, join(out, 'checks'), inputs);
        return results
          .map(({ resource, result, comment }) => `${resource} ${result} ${comment}`.trim())
          .sort();
      };
      expect(await said()).toEqual(['box.a SKIPPED Waived by override ov-1', 'box.b FAILED']);
      // One second after the sunset, by the clock of OPA.
      const data = JSON.parse(await readFile(join(out, 'bundle/data.json'), 'utf8'));
      data.exhibit.bundle.overrides[0].sunset = new Date(Date.now() - 1_000).toISOString();
      await writeFile(join(out, 'bundle/data.json'), JSON.stringify(data));
      expect(await said()).toEqual(['box.a FAILED', 'box.b FAILED']);
    });

    test('its reader of Terraform source reads what ours reads, and refuses what ours refuses', async () => {
      const texts = [
        ...hclTexts(1_500),
        ...Object.entries(examples()).flatMap(([path, text]) => (path.endsWith('.tf') ? [text] : [])),
        ...['', '\ufeffa = 1\n', 'a = 1', 'a = 1 b = 2', 'a {', 'a = "\\ud800"'],
        ...[
          'a = 1\r\nb = <<E\r\n x\r\nE\r\n',
          '/* x',
          'a = [1,,2]',
          'a "b%{c}" {}',
          'a = {b = 1, b = 2}',
          `a = ${'['.repeat(200)}`,
        ],
      ];
      const program =
        'import json, sys, exhibit_hcl\nout = []\nfor text in json.load(sys.stdin):\n  try: out.append(json.dumps(exhibit_hcl.read(text)))\n  except exhibit_hcl.HclError: out.append(None)\njson.dump(out, sys.stdout)';
      const said = execFileSync(join(dirname(checkov), 'python3'), ['-B', '-c', program], {
        input: JSON.stringify(texts.map((text) => text.replace(/^\ufeff/, ''))),
        env: { ...process.env, PYTHONPATH: join(folder, 'checks') },
        maxBuffer: 256 * 1024 * 1024,
      });
      const theirs = JSON.parse(said.toString('utf8')) as (string | null)[];
      const different = texts.flatMap((text, i) => {
        const { documents, problems } = parseInput('main.tf', Buffer.from(text), DEFAULT_LIMITS);
        const refused = problems.some(({ error }) => error.code === 'INPUT_SYNTAX');
        const mine = refused ? null : plain(documents[0]?.value ?? {});
        const other = theirs[i] === null ? null : plain(JSON.parse(theirs[i] ?? 'null'));
        return mine === other ? [] : [{ text, mine, other }];
      });
      expect(different).toEqual([]);
    });
  },
);

/** Members in one order. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, node: unknown) =>
    typeof node === 'object' && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
      : node,
  );

const RULE = `# METADATA
# title: Boxes are shut
# description: Every box is shut.
# custom:
#   exhibit:
#     id: boxes
#     severity: high
#     owner: team-a
#     controls:
#       - {control: soc2/cc6.1, rationale: Access is kept., strength: partial}
#     layers: {ci: enforce}
#     cadence: P1D
#     remediation: Shut it.
#     since: 2026-01-01
#     inputs: [hcl]
package exhibit.policies.boxes

population contains {"type": "box", "id": sprintf("box.%s", [name]), "name": name} if some name, _ in input.resource.box

violations contains {"subject": subject.id, "message": "It is open."} if some subject in population
`;

const overrideOf = (sunset: Date): string => `id: ov-1
policy: boxes
scope: {subjects: [box.a]}
owner: anna@example.com
approver: ben@example.com
reason: The box is replaced in the course of this week.
ticket: https://tickets.example.com/1
created: ${new Date(Date.now() - 3_600_000).toISOString()}
sunset: ${sunset.toISOString()}
`;
