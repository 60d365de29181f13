import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { exhibit, ROOT, temporary, workshop } from '../../acceptance/workshop.ts';

const TOOLS = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'exhibit', 'tools');
const SCHEMAS = join(TOOLS, 'check-jsonschema-venv', 'bin', 'check-jsonschema');
const SARIF = join(TOOLS, 'sarif-2.1.0.schema.json');
const ACTIONLINT = join(TOOLS, 'actionlint');
const DEPLOY = join(ROOT, 'deploy');

const need = (...files: string[]) => {
  const absent = files.filter((file) => !existsSync(file));
  if (absent.length > 0 && process.env.CI === 'true') throw new Error(`not installed: ${absent.join(', ')}`);
  return { skip: absent.length > 0, why: absent.length > 0 ? ` (skipped: no ${absent.join(', ')})` : '' };
};

const schemas = need(SCHEMAS);
describe.skipIf(schemas.skip)(
  `the published schemas of pipelines, as check-jsonschema carries them${schemas.why}`,
  () => {
    const valid = (schema: string, file: string, ...more: string[]) => {
      const { status, stdout, stderr } = spawnSync(
        SCHEMAS,
        ['--builtin-schema', `vendor.${schema}`, ...more, file],
        {
          encoding: 'utf8',
        },
      );
      return { status, said: status === 0 ? '' : stdout + stderr };
    };
    const ok = { status: 0, said: '' };

    it.each([
      ['github-actions', join(DEPLOY, 'github-action', 'action.yml')],
      ['github-workflows', join(DEPLOY, 'github-action', 'workflow.yml')],
      ['circle-ci', join(DEPLOY, 'circleci', 'config.yml')],
    ])('%s', (schema, file) => {
      expect(valid(schema, file)).toEqual(ok);
    });

    it('azure-pipelines', () => {
      // Its regular expressions are no JavaScript.
      const file = join(DEPLOY, 'azure-devops', 'azure-pipelines.yml');
      expect(valid('azure-pipelines', file, '--regex-variant', 'python')).toEqual(ok);
    });

    it('gitlab-ci: the header of the component and, with its inputs filled in, the job', () => {
      const text = readFileSync(join(DEPLOY, 'gitlab', 'exhibit-gate.yml'), 'utf8');
      const [header, job] = parseAllDocuments(text).map((document) => document.toJS() as object);
      const filled = JSON.stringify(job).replaceAll(/\$\[\[ inputs\.(\w+) \]\]/g, 'x');
      const folder = temporary('gitlab');
      for (const [name, value] of Object.entries({ header, job: JSON.parse(filled) as object })) {
        const file = join(folder, `${name}.yml`);
        writeFileSync(file, stringify(value));
        expect(
          valid('gitlab-ci', file, '--data-transform', 'gitlab-ci', '--regex-variant', 'python'),
        ).toEqual(ok);
      }
      const wrong = join(folder, 'wrong.yml');
      writeFileSync(wrong, 'job:\n  script: [x]\n  nosuch: 1\n');
      expect(
        valid('gitlab-ci', wrong, '--data-transform', 'gitlab-ci', '--regex-variant', 'python').status,
      ).toBe(1);
    });
  },
);

const lint = need(ACTIONLINT);
describe.skipIf(lint.skip)(`actionlint${lint.why}`, () => {
  it('takes the example workflow and those of the page', () => {
    const page = readFileSync(join(ROOT, 'docs', 'how-to', 'run-the-gate.md'), 'utf8');
    const texts = [...page.matchAll(/^```yaml\n(name: .*?)^```$/gms)].map(([, text = '']) => text);
    const all = [readFileSync(join(DEPLOY, 'github-action', 'workflow.yml'), 'utf8'), ...texts];
    expect(all.length).toBeGreaterThan(1);
    for (const text of all)
      expect(execFileSync(ACTIONLINT, ['-no-color', '-'], { input: text, encoding: 'utf8' })).toBe('');
  });
});

describe('the steps of the action', () => {
  it('run as a runner runs them, against a repository: annotations, SARIF, and the exit code of the gate', {
    timeout: 120_000,
  }, () => {
    const shop = workshop();
    const action = parse(readFileSync(join(DEPLOY, 'github-action', 'action.yml'), 'utf8')) as {
      inputs: Record<string, { default?: string }>;
      runs: { steps: { name: string; run: string; env: Record<string, string> }[] };
    };
    const step = action.runs.steps.find(({ name }) => name === 'Judge');
    const given: Record<string, string> = {
      paths: 'k8s',
      'bundle-url': shop.bundle,
      'bundle-key': readFileSync(shop.key, 'utf8'),
    };
    const judge = (state: string, more: Record<string, string> = {}) => {
      const cwd = join(ROOT, 'examples', 'pull-request', state);
      const out = temporary('action');
      const inputs = { ...given, sarif: join(out, 'exhibit.sarif'), ...more };
      const fill = (text: string) =>
        text
          .replace(
            /\$\{\{ inputs\.([\w-]+) \}\}/g,
            (_, name: string) => inputs[name as never] ?? action.inputs[name]?.default ?? '',
          )
          .replace(/\$\{\{ github\.action_path \}\}/, join(DEPLOY, 'github-action'));
      const env = Object.fromEntries(
        Object.entries(step?.env ?? {}).map(([name, text]) => [name, fill(text)]),
      );
      const bin = temporary('bin');
      writeFileSync(
        join(bin, 'exhibit'),
        `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin', 'exhibit.js')}' "$@"\n`,
        { mode: 0o755 },
      );
      const ended = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? ''], {
        cwd,
        encoding: 'utf8',
        env: {
          ...process.env,
          CI: 'true',
          GITHUB_ACTIONS: '',
          PATH: `${bin}:${process.env.PATH}`,
          GITHUB_STEP_SUMMARY: join(out, 'summary.md'),
          EXHIBIT_STATE: join(out, 'state'),
          ...env,
        },
      });
      return { ...ended, out };
    };
    expect(judge('before').status).toBe(0);
    const blocked = judge('after');
    expect(blocked.status).toBe(1);
    expect(blocked.stdout).toMatch(/^::error file=k8s\/shop\.yaml,line=35,/m);
    expect(readFileSync(join(blocked.out, 'summary.md'), 'utf8')).toContain('### Exhibit: blocked');
    expect(existsSync(join(blocked.out, 'exhibit.sarif'))).toBe(true);
    const advisory = judge('after', { advisory: 'true' });
    expect([advisory.status, advisory.stdout]).toEqual([0, expect.stringContaining('This gate is advisory')]);
  });
});

const sarif = need(SARIF);
describe.skipIf(sarif.skip)(`SARIF${sarif.why}`, () => {
  it('validates against the schema 2.1.0, also where it is advisory, waived or not judged', {
    timeout: 120_000,
  }, () => {
    const shop = workshop();
    const schema = JSON.parse(readFileSync(SARIF, 'utf8')) as Record<string, unknown>;
    // Draft 4: its `id` and the drafts' keywords that it uses mean the same in the draft that ajv reads.
    const { $schema: _, id: __, ...rest } = schema;
    const validate = new Ajv({
      strict: false,
      unicodeRegExp: false,
      validateFormats: false,
      allErrors: true,
    }).compile(rest);
    const folder = temporary('sarif');
    writeFileSync(join(folder, 'broken.yaml'), 'a: [\n');
    for (const args of [
      ['examples/shop'],
      ['examples/shop', '--advisory'],
      // The one that the walk-through of a pull request uploads.
      ['examples/pull-request/after/k8s'],
      [join(ROOT, 'examples', 'shop', 'k8s-fixed')],
      [folder],
    ]) {
      const { stdout, stderr } = exhibit(['check', ...args, ...shop.flags, '-o', 'sarif'], { cwd: ROOT });
      const document = JSON.parse(stdout) as { runs: { results: { partialFingerprints?: object }[] }[] };
      expect({ args, valid: validate(document), errors: validate.errors, stderr }).toMatchObject({
        valid: true,
      });
      for (const result of document.runs[0]?.results ?? [])
        expect(Object.keys(result.partialFingerprints ?? {})).toEqual(['exhibitSubject/v1']);
    }
    expect(validate({ version: '2.1.0', runs: [{}] })).toBe(false);
  });
});
