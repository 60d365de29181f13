import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openReader } from '../../src/ledger/index.ts';
import type { EvidenceRecord } from '../../src/record/index.ts';
import { BIN, exhibit, ROOT, temporary, type Workshop, workshop } from './workshop.ts';

const PULL = join(ROOT, 'examples', 'pull-request');
let shop: Workshop;
let bin: string;
beforeAll(() => {
  shop = workshop();
  bin = temporary('bin');
  writeFileSync(join(bin, 'exhibit'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(join(bin, 'exhibit'), 0o755);
});

/** A developer at a repository, with the bundle of the starter library. */
class Desk {
  readonly folder = temporary('desk');
  readonly env: Record<string, string | undefined> = {
    ...process.env,
    CI: '',
    GITHUB_ACTIONS: '',
    PATH: `${bin}:${process.env.PATH}`,
    EXHIBIT_STATE: join(this.folder, '.git', 'state'),
    EXHIBIT_BUNDLE: shop.bundle,
    EXHIBIT_BUNDLE_KEYS: shop.key,
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'you'],
        [`GIT_${who}_EMAIL`, 'you@example.com'],
      ]),
    ),
  };

  constructor() {
    this.sh('git init --quiet --initial-branch=main');
    this.write('k8s/shop.yaml', good());
    this.sh('git add . && git commit --quiet --message base');
  }

  write(file: string, text: string): void {
    mkdirSync(join(this.folder, file, '..'), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  sh(script: string, env: Record<string, string> = {}, cwd = this.folder) {
    const ended = spawnSync('sh', ['-ec', script], { cwd, encoding: 'utf8', env: { ...this.env, ...env } });
    return {
      code: ended.status,
      stdout: ended.stdout,
      stderr: ended.stderr,
      all: ended.stdout + ended.stderr,
    };
  }

  json(args: string) {
    const { stdout, code, stderr } = this.sh(`exhibit check k8s ${args} -o json`);
    expect({ args, json: stdout.startsWith('{'), stderr: stdout === '' ? stderr : '' }).toMatchObject({
      json: true,
    });
    return { code, report: JSON.parse(stdout) };
  }
}

const good = () => readFileSync(join(PULL, 'before', 'k8s', 'shop.yaml'), 'utf8');
const bad = () => readFileSync(join(PULL, 'after', 'k8s', 'shop.yaml'), 'utf8');
/** An image that is not fixed: a medium fault, which the gate enforces. */
const medium = () => good().replace(/web:1\.4\.2@sha256:\w+/, 'web:latest');

async function recordsOf(evidence: string): Promise<EvidenceRecord[]> {
  const reader = await openReader(evidence);
  const { size } = await reader.checkpoint();
  const records: EvidenceRecord[] = [];
  for await (const { bytes } of reader.entries(0, size))
    records.push(JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord);
  await reader.close();
  return records;
}

interface SarifResult {
  ruleId: string;
  level: string;
  locations: {
    physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
  }[];
}

describe('the git hook', () => {
  it('judges a pipeline with the files that it includes; what only warns lets the commit pass, what is missing does not', {
    timeout: 240_000,
  }, () => {
    const desk = new Desk();
    desk.write('ci/base.yml', '.base: {image: node:24, script: [make]}\n');
    desk.sh('git add . && git commit --quiet --message base && exhibit hook install');
    desk.write('.gitlab-ci.yml', 'include: /ci/base.yml\nbuild: {extends: .base}\n');
    const warned = desk.sh('git add . && git commit --message pipeline');
    expect(warned.all).toMatch(
      /ci\/base\.yml:1:9: fail\(warned\) medium pipeline-images-pinned: gitlab-ci\/build /,
    );
    expect(warned.code).toBe(0);
    desk.write('.gitlab-ci.yml', 'include: /ci/gone.yml\nbuild: {extends: .base}\n');
    const missing = desk.sh('git add . && git commit --message pipeline');
    expect(missing.all).toContain('the included file "/ci/gone.yml" is not there');
    expect(missing.code).toBe(1);
  });

  it('refuses a commit with place, why and fix, and takes it when it is mended', { timeout: 120_000 }, () => {
    const desk = new Desk();
    expect(desk.sh('exhibit hook install').code).toBe(0);
    expect(statSync(join(desk.folder, '.git', 'hooks', 'pre-commit')).mode & 0o111).toBe(0o111);
    desk.write('k8s/shop.yaml', bad());
    const refused = desk.sh('git commit --all --message bad');
    expect(refused.code).toBe(1);
    expect(refused.all).toMatch(/k8s\/shop\.yaml:\d+:\d+: fail high no-secret-in-env: .* Fix: /);
    // What the library enforces in CI it enforces here: the violation is not only shown.
    expect(refused.all).toMatch(/: fail \w+ container-not-privileged: /);
    // What is staged counts, not what lies in the folder.
    desk.sh('git add .');
    desk.write('k8s/shop.yaml', good());
    expect(desk.sh('git commit --message bad').code).toBe(1);
    desk.sh('git add .');
    desk.write('k8s/shop.yaml', bad());
    desk.write('other.yaml', 'a: 1\n');
    expect(desk.sh('git add other.yaml && git commit --message good')).toMatchObject({ code: 0 });
    // Not only manifests: what is medium blocks here, where nothing is set.
    desk.write('Dockerfile', 'FROM node:latest\n');
    const image = desk.sh('git add Dockerfile && git commit --message image');
    expect(image).toMatchObject({
      code: 1,
      all: expect.stringMatching(/Dockerfile:1:6: fail medium dockerfile-image-pinned: /),
    });
    desk.sh('git reset --quiet');
    expect(desk.sh('exhibit hook remove && git commit --quiet --all --message bad').code).toBe(0);
  });

  it('goes where core.hooksPath leads, and leaves hooks of others alone', { timeout: 120_000 }, () => {
    const desk = new Desk();
    const shared = temporary('hooks');
    desk.sh('git config core.hooksPath .githooks && mkdir sub');
    expect(desk.sh('cd sub && exhibit hook install').code).toBe(0);
    expect(existsSync(join(desk.folder, '.githooks', 'pre-commit'))).toBe(true);
    expect(desk.sh('exhibit hook install').code).toBe(0);
    desk.write('.githooks/pre-commit', '#!/bin/sh\necho mine\n');
    for (const verb of ['install', 'remove']) expect(desk.sh(`exhibit hook ${verb}`).code).toBe(2);
    expect(readFileSync(join(desk.folder, '.githooks', 'pre-commit'), 'utf8')).toContain('mine');
    desk.sh(`git config core.hooksPath '${shared}'`);
    const other = desk.sh('exhibit hook install');
    expect([other.code, existsSync(join(shared, 'pre-commit'))]).toEqual([2, false]);
    expect(exhibit(['hook', 'install'], { cwd: shared }).code).toBe(2);
  });
});

describe('known violations', () => {
  it('a baseline is shown and does not block below the threshold; what is at or above it blocks', {
    timeout: 180_000,
  }, async () => {
    const desk = new Desk();
    desk.write('k8s/shop.yaml', medium());
    expect(desk.json('--fail-on any').code).toBe(1);
    expect(desk.sh('exhibit check k8s --write-baseline known.json').code).toBe(0);
    // The file moves and lines are added: it is the same violation.
    desk.write('k8s/shop.yaml', `# moved\n${medium()}`);
    desk.sh('git mv k8s/shop.yaml k8s/moved.yaml');
    const known = desk.json('--fail-on any --baseline known.json');
    expect(known.code).toBe(0);
    const marked = known.report.results.filter((row: { known?: string }) => row.known === 'baseline');
    expect(marked.length).toBeGreaterThan(0);
    expect(new Set(marked.map((row: { disposition: string }) => row.disposition))).toEqual(
      new Set(['warned']),
    );
    expect(known.report.known.baseline).toMatchObject({ found: marked.length, gone: 0 });
    // The same fault a second time is new.
    desk.write('k8s/twin.yaml', medium());
    expect(desk.json('--fail-on any --baseline known.json').code).toBe(1);
    rmSync(join(desk.folder, 'k8s', 'twin.yaml'));
    // A critical one that is in the baseline blocks, whatever the threshold of known ones.
    desk.write('k8s/moved.yaml', bad());
    desk.sh('exhibit check k8s --write-baseline known.json');
    for (const least of ['critical', 'high', 'any']) {
      const { code, report } = desk.json(`--baseline known.json --fail-on any --fail-on-known ${least}`);
      expect([least, code]).toEqual([least, 1]);
      expect(report.known.blocking).toBeGreaterThan(0);
    }
    expect(desk.sh('exhibit check k8s --fail-on-known none').code).toBe(2);
    // A change cannot make its own violations known.
    desk.write('k8s/moved.yaml', medium());
    desk.sh('exhibit check k8s --write-baseline known.json');
    const own = desk.json('--baseline known.json --changed-since main --fail-on any');
    expect(own.code).toBe(1);
    expect(own.report.known.baseline).toMatchObject({ found: 0 });
    expect(own.report.known.baseline.ignored).toBeGreaterThan(0);
  });

  it('what a change did not touch is counted and shown, and records say why it was not enforced', {
    timeout: 120_000,
  }, async () => {
    const desk = new Desk();
    desk.write('k8s/old.yaml', medium());
    desk.sh('git add . && git commit --quiet --message old && exhibit ledger init evidence');
    desk.write('k8s/new.yaml', good());
    const { code, report } = desk.json('--changed-since main --fail-on any --evidence evidence');
    expect(code).toBe(0);
    expect(report.known.changed_since.unchanged).toBeGreaterThan(0);
    expect(report.summary.fail).toBe(report.known.changed_since.unchanged);
    const records = await recordsOf(join(desk.folder, 'evidence'));
    const fails = records.filter(({ verdict }) => verdict === 'fail');
    expect(fails.map(({ disposition, details }) => [disposition, details?.known])).toEqual(
      fails.map(() => ['warned', 'unchanged']),
    );
    expect(records.find(({ record_type }) => record_type === 'run')?.details).toMatchObject({
      exit_code: 0,
      known: { fail_on: 'high', changed_since: { ref: 'main' } },
    });
    desk.write('k8s/old.yaml', `${medium()}# touched\n`);
    expect(desk.json('--changed-since main --fail-on any').code).toBe(1);
    expect(desk.sh('exhibit check k8s --changed-since nosuch').code).toBe(2);
  });
});

describe('an advisory gate', () => {
  it('blocks nothing and says so, in output and record; what cannot be judged is still no pass', {
    timeout: 120_000,
  }, async () => {
    const desk = new Desk();
    desk.write('k8s/shop.yaml', bad());
    desk.sh('exhibit ledger init evidence');
    const { code, report } = desk.json('--advisory --evidence evidence');
    expect(code).toBe(0);
    expect(report.advisory).toMatchObject({ exit_code: 1 });
    const records = await recordsOf(join(desk.folder, 'evidence'));
    expect(records.some(({ disposition }) => disposition === 'enforced')).toBe(false);
    expect(records.find(({ record_type }) => record_type === 'run')?.details).toMatchObject({
      advisory: true,
    });
    desk.write('k8s/broken.yaml', 'a: [\n');
    expect(desk.json('--advisory').code).toBe(3);
    // The checkout cannot ask for it.
    desk.write('.exhibit.yaml', 'advisory: true\n');
    expect(desk.sh('exhibit check k8s').code).toBe(2);
  });
});

describe('a pull request', () => {
  it('is refused by the hook, skips it, is found out, blocked and mended', { timeout: 240_000 }, async () => {
    const desk = new Desk();
    const folder = temporary('pull-request');
    cpSync(PULL, folder, { recursive: true });
    const page = readFileSync(join(PULL, 'README.md'), 'utf8');
    const steps = [...page.matchAll(/^ {3}```sh(?: exit=(\d))?\n(.*?)^ {3}```$/gms)];
    expect(steps).toHaveLength(7);
    const said: string[] = [];
    for (const [i, [, exit = '0', script = '']] of steps.entries()) {
      const ended = desk.sh(script, {}, i === 0 ? folder : join(folder, 'shop'));
      expect({ i, code: ended.code, all: ended.code === Number(exit) ? '' : ended.all }).toEqual({
        i,
        code: Number(exit),
        all: '',
      });
      said.push(ended.all);
    }
    expect(said[1]).toMatch(/k8s\/shop\.yaml:\d+:\d+: fail high no-secret-in-env: .* Fix: /);
    const log = readFileSync(join(folder, 'log.txt'), 'utf8');
    const summary = readFileSync(join(folder, 'summary.md'), 'utf8');
    const expected = (name: string) =>
      readFileSync(join(PULL, 'expected', name), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
    for (const line of expected('annotations.txt')) expect(log.split('\n')).toContain(line);
    for (const line of expected('summary.md')) expect(summary.split('\n')).toContain(line);
    // tests/interop/gate holds this SARIF against the schema.
    const { version, runs } = JSON.parse(readFileSync(join(folder, 'exhibit.sarif'), 'utf8'));
    const blocked = (runs[0].results as SarifResult[])
      .filter(({ level }) => level === 'error')
      .map(({ ruleId, locations: [place] }) => [
        ruleId,
        place?.physicalLocation.artifactLocation.uri,
        place?.physicalLocation.region.startLine,
      ]);
    expect([version, blocked.sort()]).toEqual([
      '2.1.0',
      [
        ['container-not-privileged', 'k8s/shop.yaml', 35],
        ['no-secret-in-env', 'k8s/shop.yaml', 45],
      ],
    ]);
    // The last one asks for the pass of what was never judged so.
    expect(said[6]).toMatch(/k8s\/shop\.yaml/);
    expect(log).toMatch(/pre-commit: 0 of 1 commits have a record/);
    const gap = (await recordsOf(join(folder, 'evidence'))).filter(
      ({ record_type }) => record_type === 'gap',
    );
    expect(gap).toHaveLength(2);
    expect(gap[0]).toMatchObject({ layer: 'pre-commit', details: { gap: 'pre-commit', commits: 1 } });
  });

  it('a commit that a hook let pass has its record, also after a rebase; --require-pre-commit ends with 3', {
    timeout: 180_000,
  }, () => {
    const desk = new Desk();
    const evidence = join(desk.folder, '.git', 'evidence');
    desk.sh(`exhibit ledger init ${evidence} && exhibit hook install && git switch --quiet --create change`);
    desk.write('k8s/b.yaml', good().replaceAll('shop', 'b'));
    const hook = { EXHIBIT_EVIDENCE: evidence };
    expect(desk.sh('git add . && git commit --quiet --message good', hook).code).toBe(0);
    desk.write('notes.txt', 'x\n');
    desk.sh('git add . && git commit --quiet --amend --message other', hook);
    const flags = `--changed-since main --expect-pre-commit ${evidence} --require-pre-commit`;
    const first = desk.json(flags);
    expect(first.report.pre_commit).toMatchObject({ commits: 1, judged: 1, missing: [] });
    expect(first.code).toBe(0);
    // Refused, and then committed all the same.
    desk.write('k8s/c.yaml', bad().replaceAll('shop', 'c'));
    expect(desk.sh('git add . && git commit --quiet --message bad', hook).code).toBe(1);
    desk.sh('git commit --quiet --no-verify --message bad');
    desk.write('k8s/c.yaml', good().replaceAll('shop', 'c'));
    desk.sh('git add . && git commit --quiet --no-verify --message mended');
    const { code, report } = desk.json(flags);
    expect(report.pre_commit.missing.map(({ state }: { state: string }) => state)).toEqual([
      'refused',
      'none',
    ]);
    expect(code).toBe(3);
    expect(desk.json(`--changed-since main --expect-pre-commit ${evidence}`).code).toBe(0);
    expect(desk.sh('exhibit check k8s --expect-pre-commit').code).toBe(2);
  });
});

describe('the gate of every pipeline', () => {
  it('deploy/gate.sh judges with the bundle that is named, and ends as check does', {
    timeout: 120_000,
  }, () => {
    const desk = new Desk();
    const gate = `sh '${join(ROOT, 'deploy', 'gate.sh')}'`;
    const env = {
      CI: 'true',
      EXHIBIT_BUNDLE: '',
      EXHIBIT_BUNDLE_KEYS: '',
      EXHIBIT_BUNDLE_URL: shop.bundle,
      EXHIBIT_BUNDLE_KEY: readFileSync(shop.key, 'utf8'),
      EXHIBIT_PATHS: 'k8s',
      EXHIBIT_ARGUMENTS: '-o plain -o junit=exhibit.xml',
    };
    expect(desk.sh(gate, env)).toMatchObject({ code: 0 });
    expect(desk.sh(gate, { ...env, EXHIBIT_BUNDLE_KEY: shop.key }).code).toBe(0);
    desk.write('k8s/shop.yaml', bad());
    expect(desk.sh(gate, env).code).toBe(1);
    expect(existsSync(join(desk.folder, 'exhibit.xml'))).toBe(true);
    expect(desk.sh(gate, { ...env, EXHIBIT_PATHS: 'nosuch' }).code).toBe(2);
    expect(desk.sh(gate, { ...env, EXHIBIT_BUNDLE_URL: 'http://example.com/b' }).code).toBe(2);
    expect(desk.sh(gate, { ...env, EXHIBIT_BUNDLE_KEY: 'none' }).code).not.toBe(0);
    expect(execFileSync('sh', ['-n', join(ROOT, 'deploy', 'gate.sh')]).length).toBe(0);
  });
});
