import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseInput } from './index.ts';

const fixture = (name: string) => readFileSync(new URL(`./testdata/kubernetes/${name}`, import.meta.url));
const read = (file: string, text: string) => parseInput(file, new TextEncoder().encode(text));
const names = (text: string, file = 'a.yaml') =>
  read(file, text).documents.map(({ value, kind }) => {
    const { kind: type, metadata } = value as { kind?: string; metadata?: { name: string } };
    return `${kind} ${type ?? ''} ${metadata?.name ?? ''}`.trim();
  });
const pod = (name: string) => `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}}`;

describe('manifests of real projects', () => {
  it.each([
    ['deployments.yaml', ['Deployment', 'Deployment']],
    ['template.yaml', ['ConstraintTemplate']],
    ['admission.k8s.io.v1.AdmissionReview.json', ['AdmissionReview']],
    ['admissionregistration.k8s.io.v1.ValidatingAdmissionPolicy.json', ['ValidatingAdmissionPolicy']],
    [
      'admissionregistration.k8s.io.v1.ValidatingWebhookConfiguration.json',
      ['ValidatingWebhookConfiguration'],
    ],
  ])('%s', (name, kinds) => {
    const { documents, problems } = parseInput(name, fixture(name));
    expect(problems).toEqual([]);
    expect(documents.map(({ kind }) => kind)).toEqual(kinds.map(() => 'kubernetes'));
    expect(documents.map(({ value }) => (value as { kind: string }).kind)).toEqual(kinds);
  });
});

describe('streams and lists', () => {
  it('leaves empty documents out and keeps others beside objects as what they are', () => {
    expect(names(`---\n---\n${pod('a')}\n---\n# only a comment\n---\nfoo: bar\n---\nnull\n`)).toEqual([
      'kubernetes Pod a',
      'yaml',
    ]);
  });

  it('takes Lists apart, also within Lists, with positions in the file', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- ${pod('a')}\n- apiVersion: v1\n  kind: List\n  items:\n  - ${pod('b')}\n`;
    expect(names(text)).toEqual(['kubernetes Pod a', 'kubernetes Pod b']);
    const { documents } = read('a.yaml', text);
    expect(documents.map(({ index }) => index)).toEqual([0, 1]);
    expect(documents[1]?.locate(['metadata', 'name'])).toEqual({ file: 'a.yaml', line: 8, column: 44 });
  });

  it('gives the items of a PodList the kind that kubectl gives them', () => {
    expect(
      names('{"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"a"}}]}', 'a.json'),
    ).toEqual(['kubernetes Pod a']);
  });

  it('judges items of any object, as kubectl takes them apart, and the object, as the API server takes it', () => {
    expect(names(`apiVersion: x/v1\nkind: Bag\nitems:\n- ${pod('hidden')}\n`)).toEqual([
      'kubernetes Bag',
      'kubernetes Pod hidden',
    ]);
    expect(names(`apiVersion: v1\nkind: Pod\nmetadata: {name: outer}\nitems: [1, ${pod('b')}]\n`)).toEqual([
      'kubernetes Pod outer',
      'kubernetes',
      'kubernetes Pod b',
    ]);
    expect(names('apiVersion: x/v1\nkind: Bag\nitems: [a, b]\n')).toEqual(['kubernetes Bag']);
  });

  it('does not pass over what stands in Lists too deep to be taken apart', () => {
    const nested = (depth: number): string =>
      depth === 0 ? pod('deep') : `{apiVersion: v1, kind: List, items: [${nested(depth - 1)}]}`;
    expect(names(nested(8))).toEqual(['kubernetes Pod deep']);
    const { documents, problems } = read('a.yaml', `${nested(10)}\n---\n${pod('good')}\n`);
    expect(documents).toEqual([]);
    expect(problems[0]?.error.message).toMatch(/Lists stand within Lists/);
  });

  it('says that an empty List holds nothing', () => {
    expect(read('a.yaml', 'apiVersion: v1\nkind: List\nitems: []\n').problems[0]?.error.code).toBe(
      'INPUT_EMPTY',
    );
  });

  it('keeps an AdmissionReview whole', () => {
    const review = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"object":${JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: [] })}}}`;
    expect(names(review, 'a.json')).toEqual(['kubernetes AdmissionReview']);
  });
});

describe('ways around a rule', () => {
  it('sees privileged: yes as the API server does', () => {
    const { documents } = read(
      'a.yaml',
      'apiVersion: v1\nkind: Pod\nspec: {hostPID: on, privileged: yes, runAsUser: 0644}\n',
    );
    expect(documents[0]?.value).toMatchObject({ spec: { hostPID: true, privileged: true, runAsUser: 420 } });
  });

  it.each(['---x: y', '--- {kind: Pod}', '---- '])(
    'refuses the line %j, where kubectl cuts and YAML does not',
    (line) => {
      expect(read('a.yaml', `apiVersion: v1\nkind: Pod\n${line}\n`).problems[0]?.error.code).toBe(
        'INPUT_SYNTAX',
      );
    },
  );

  it('takes comments after the separator, and lines that only look like one inside text', () => {
    expect(read('a.yaml', `--- # first\n${pod('a')}\n---   \n${pod('b')}\n`).problems).toEqual([]);
    expect(read('a.yaml', 'apiVersion: v1\nkind: ConfigMap\ndata:\n  x: |\n    ---x\n').problems).toEqual([]);
  });

  it('knows an object in a named file of any name', () => {
    expect(names(`# a manifest\napiVersion: v1\nkind: Pod\n`, 'manifest.txt')).toEqual(['kubernetes Pod']);
    expect(names('{"apiVersion":"v1","kind":"Pod"}', 'manifest')).toEqual(['kubernetes Pod']);
  });
});
