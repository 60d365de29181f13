import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InputFile, type ReadOptions, readInputs } from '../index.ts';
import { findRenderer, HELM, KUSTOMIZE } from './index.ts';
import { templateLines } from './template-lines.ts';

/** The real tools; in a pipeline they must be there. */
function has(tool: typeof HELM): boolean {
  try {
    findRenderer(tool, process.env);
    return true;
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    return false;
  }
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-render-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

async function read(paths: string[], options: ReadOptions = {}): Promise<InputFile[]> {
  const found: InputFile[] = [];
  for await (const file of readInputs(paths, { cwd: folder, ...options })) found.push(file);
  return found;
}

const said = (files: InputFile[]) =>
  files.flatMap(({ documents, problems }) => [
    ...documents.map(({ file, value }) => {
      const { kind, metadata } = value as { kind: string; metadata?: { name: string } };
      return `${file} ${kind} ${metadata?.name}`;
    }),
    ...problems.map(({ file, error }) => `${file} ${error.code}`),
  ]);

const CHART = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';
const DEPLOYMENT = `{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      {{- include "spec" . | nindent 6 }}
      containers:
        - name: web
          image: web:latest
{{- end }}
`;
const TEMPLATES = {
  'chart/Chart.yaml': CHART,
  'chart/values.yaml': 'enabled: true\nreplicas: 1\n',
  'chart/templates/deployment.yaml': DEPLOYMENT,
  'chart/templates/_helpers.tpl': '{{- define "spec" -}}\nhostNetwork: true\n{{- end }}\n',
  'chart/templates/NOTES.txt': 'Thank you.\n',
  'chart/templates/empty.yaml': '{{- if false }}\na: 1\n{{- end }}\n',
  'chart/templates/list.yaml':
    'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n',
  'chart/templates/hook.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: hook\n  annotations: {"helm.sh/hook": pre-install}\n',
  'chart/crds/crd.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: x.example.com\n',
};

describe.skipIf(!has(HELM))('a chart of Helm (skipped where there is no helm)', () => {
  it('is rendered: hooks, lists and CRDs, without notes and empty documents', async () => {
    put({ ...TEMPLATES, 'chart/extra.json': '{"kind": "Other"}' });
    expect(said(await read(['.'])).sort()).toEqual([
      'chart/crds/crd.yaml CustomResourceDefinition x.example.com',
      'chart/extra.json Other undefined',
      'chart/templates/deployment.yaml Deployment release-name-web',
      'chart/templates/hook.yaml Pod hook',
      'chart/templates/list.yaml ConfigMap a',
      'chart/templates/list.yaml ConfigMap b',
    ]);
  });

  it('leads back to the line of the template, or says that it is about there', async () => {
    put(TEMPLATES);
    const files = await read(['chart']);
    const document = files
      .flatMap(({ documents }) => documents)
      .find(({ file }) => file.endsWith('deployment.yaml'));
    const file = 'chart/templates/deployment.yaml';
    const spec = ['spec', 'template', 'spec'];
    expect(document?.locate(['metadata', 'name'])).toEqual({ file, line: 5, column: 3 });
    expect(document?.locate(['spec', 'replicas'])).toEqual({ file, line: 7, column: 3 });
    expect(document?.locate([...spec, 'containers', 0, 'image'])).toEqual({ file, line: 13, column: 11 });
    expect(document?.locate([...spec, 'hostNetwork'])).toMatchObject({ file, about: true });
  });

  it('takes the values that are named, in order', async () => {
    put({ ...TEMPLATES, 'one.yaml': 'replicas: 5\n', 'two.yaml': 'replicas: 7\n' });
    const replicas = async (helmValues: string[]) => {
      const documents = (await read(['chart'], { helmValues })).flatMap((file) => file.documents);
      const values = documents.map(({ value }) => (value as { spec?: { replicas?: number } }).spec?.replicas);
      return values.find((value) => value !== undefined);
    };
    expect([await replicas([]), await replicas(['one.yaml', 'two.yaml'])]).toEqual([1, 7]);
    expect(said(await read(['chart'], { helmValues: ['missing.yaml'] }))).toEqual(['chart TOOL_FAILED']);
  });

  it('is rendered once for the templates of it that are named', async () => {
    put(TEMPLATES);
    const all = await read(['chart']);
    const named = await read([
      'chart/templates/deployment.yaml',
      'chart/values.yaml',
      'chart/templates/hook.yaml',
    ]);
    expect(said(named)).toEqual(said(all));
  });

  it.each([
    ['a template that fails', { 'chart/templates/x.yaml': '{{ fail "no" }}' }, 'chart TOOL_FAILED'],
    ['a template that is none', { 'chart/templates/x.yaml': '{{ if }}' }, 'chart TOOL_FAILED'],
    [
      'a dependency that is not there',
      {
        'chart/Chart.yaml': `${CHART}dependencies:\n- {name: redis, version: 1.0.0, repository: "https://charts.example.com"}\n`,
      },
      'chart TOOL_FAILED',
    ],
    [
      'values that its schema refuses',
      { 'chart/values.schema.json': '{"required": ["missing"]}' },
      'chart TOOL_FAILED',
    ],
    [
      'a schema elsewhere',
      { 'chart/values.schema.json': '{"$ref": "http://127.0.0.1:1/x.json"}' },
      'chart INPUT_FORMAT',
    ],
  ])('with %s is a problem and never a pass', async (_, files, expected) => {
    put({ ...TEMPLATES, ...files });
    expect(said(await read(['.']))).toEqual([expected]);
  });

  it('whose text grows without end is a problem', async () => {
    put({ ...TEMPLATES, 'chart/templates/x.yaml': 'a: {{ repeat 2000000 "x" }}\n' });
    expect(said(await read(['.'], { limits: { fileBytes: 1_000_000 } }))).toEqual(['chart INPUT_TOO_LARGE']);
  });

  it('with rendered text that is no YAML is a problem', async () => {
    put({ ...TEMPLATES, 'chart/templates/x.yaml': 'apiVersion: v1\nkind: A\na: [{{ 1 }}\n' });
    expect(said(await read(['chart']))).toEqual(['chart TOOL_FAILED']);
  });

  it('that renders nothing, or leads out of itself, is a problem; a library is passed over', async () => {
    put({ 'none/Chart.yaml': CHART, 'none/templates/a.yaml': '{{- if false }}\na: 1\n{{- end }}\n' });
    expect(said(await read(['none']))).toEqual(['none INPUT_EMPTY']);
    put({ 'out/Chart.yaml': CHART, 'out/templates/a.yaml': 'a: 1\n', 'secret.txt': 'x' });
    symlinkSync('../../secret.txt', join(folder, 'out/templates/secret.yaml'));
    expect(said(await read(['out']))).toEqual(['out INPUT_UNREADABLE']);
    put({ 'lib/Chart.yaml': `${CHART}type: library\n` });
    const ignored: string[] = [];
    expect(said(await read(['lib'], { onIgnored: (file) => ignored.push(file) }))).toEqual([
      'lib INPUT_EMPTY',
    ]);
    expect(ignored).toEqual(['lib/']);
  });

  it.each([
    ['in another document than Helm reads', `${CHART}---\ntype: library\n`],
    ['in a comment and a text', `${CHART}# type: library\ndescription: |\n  type: library\n`],
    ['beside another word', `${CHART}type: application # library\n`],
  ])('is not passed over for the word library %s', async (_, text) => {
    put({ 'shop/Chart.yaml': text, 'shop/templates/a.yaml': 'kind: A\nmetadata: {name: a}\n' });
    expect(said(await read(['shop']))).toEqual(['shop/templates/a.yaml A a']);
  });

  it('sees nothing of the environment', async () => {
    put({
      'c/Chart.yaml': CHART,
      'c/templates/a.yaml':
        'apiVersion: v1\nkind: A\nmetadata: {name: "{{ lookup "v1" "Pod" "" "" }}"}\nb: {{ .Capabilities.KubeVersion | quote }}\n',
    });
    const [file] = await read(['c'], {
      env: { ...process.env, SECRET_OF_TEST: 'canary', KUBECONFIG: '/etc/x' },
    });
    expect(file?.problems).toEqual([]);
    expect(JSON.stringify(file?.documents.map(({ value }) => value))).not.toContain('canary');
  });
});

const OBJECT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n';

describe.skipIf(!has(KUSTOMIZE))('a folder of Kustomize (skipped where there is no kustomize)', () => {
  it('is rendered with its bases, and leads back to their files', async () => {
    put({
      'base/web.yaml': OBJECT,
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\npatches: [{path: more.yaml}]\n',
      'prod/more.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n',
      'prod/other.json': '{"kind": "Other"}',
    });
    const files = await read(['prod']);
    expect(said(files)).toEqual(['base/web.yaml Deployment prod-web', 'prod/other.json Other undefined']);
    const [document] = files[0]?.documents ?? [];
    expect(JSON.stringify(document?.value)).not.toContain('config.kubernetes.io');
    expect(document?.locate(['kind'])).toEqual({ file: 'base/web.yaml', line: 2, column: 1 });
    // The value comes from a patch.
    expect(document?.locate(['spec', 'replicas'])).toEqual({
      file: 'base/web.yaml',
      line: 6,
      column: 3,
      about: true,
    });
  });

  it.each([
    ['a remote base', 'resources: ["https://example.com/base?ref=v1"]'],
    ['a base of a code host', 'resources: ["github.com/example/base//x"]'],
    ['an address on this machine', 'resources: ["http://127.0.0.1:1/a.yaml"]'],
    ['a chart', 'helmCharts: [{name: a, repo: "https://example.com"}]'],
    ['a file that is not there', 'resources: [missing.yaml]'],
  ])('that builds on %s is refused', async (_, text) => {
    put({ 'k/kustomization.yaml': `${text}\n`, 'over/kustomization.yaml': 'resources: [../k]\n' });
    expect(said(await read(['k']))).toEqual(['k INPUT_FORMAT']);
    expect(said(await read(['over']))).toEqual(['over INPUT_FORMAT']);
  });

  it('that runs a program, is broken, empty or a loop is a problem; a component is passed over', async () => {
    put({
      'exec/kustomization.yaml': 'resources: [a.yaml]\ntransformers: [t.yaml]\n',
      'exec/a.yaml': OBJECT,
      'exec/t.yaml':
        'apiVersion: v1\nkind: T\nmetadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./run.sh}\n',
      'exec/run.sh': '#!/bin/sh\ntouch ran\n',
      'broken/kustomization.yaml': 'resources: [\n',
      'empty/kustomization.yaml': 'namePrefix: a-\n',
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
    });
    chmodSync(join(folder, 'exec/run.sh'), 0o755);
    for (const name of ['exec', 'broken', 'empty', 'a'])
      expect(said(await read([name]))[0]).toMatch(/TOOL_FAILED|INPUT_EMPTY/);
    put({ 'c/kustomization.yaml': 'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n' });
    expect(said(await read(['c']))).toEqual(['c INPUT_EMPTY']);
  });
});

describe('without the tool', () => {
  it('one of the folder that is judged is not taken, whatever the search path says', () => {
    const here = process.cwd();
    put({ 'bin/helm': '#!/bin/sh\n' });
    chmodSync(join(folder, 'bin/helm'), 0o755);
    process.chdir(folder);
    try {
      expect(() => findRenderer(HELM, { PATH: 'bin:./bin:.', XDG_CACHE_HOME: folder })).toThrow(
        /neither on PATH/,
      );
      expect(findRenderer(HELM, { PATH: join(folder, 'bin') })).toBe(join(folder, 'bin/helm'));
    } finally {
      process.chdir(here);
    }
  });

  it('nothing is rendered, and nothing passes', async () => {
    put({ 'c/Chart.yaml': CHART, 'k/kustomization.yaml': 'resources: []\n' });
    const env = { PATH: '', HOME: folder, XDG_CACHE_HOME: folder };
    const files = await read(['c', 'k'], { env });
    expect(said(files)).toEqual(['c TOOL_MISSING', 'k TOOL_MISSING']);
    expect(files[0]?.problems[0]?.error.hint).toMatch(/EXHIBIT_HELM/);
  });

  it('an order that names none is not replaced by another', () => {
    expect(() => findRenderer(HELM, { ...process.env, HOME: homedir(), EXHIBIT_HELM: '/nowhere' })).toThrow(
      /EXHIBIT_HELM names/,
    );
  });
});

describe('lines of a template', () => {
  it('of two that are the same the neighbours decide', () => {
    const template = 'a:\n  x: 1\nb:\n  x: 1\n';
    const find = templateLines(template, 'a:\n  x: 1\nb:\n  x: 1\n');
    expect([find(2, 3).line, find(4, 3).line]).toEqual([2, 4]);
  });
});
