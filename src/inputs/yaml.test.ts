import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import { parseInput } from './index.ts';

interface GoCase {
  yaml: string;
  json?: string;
  error?: string;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => parseInput('a.yaml', bytes(text));
const text = (value: unknown) => JSON.stringify(value);
const failure = (source: string) => {
  const error = read(source).problems[0]?.error;
  return error === undefined
    ? undefined
    : { code: error.code, line: error.location.line, column: error.location.column };
};

/** A value with its keys sorted, as Go prints it; numbers stay as they are. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

describe('what Go reads (sigs.k8s.io/yaml)', () => {
  const cases = JSON.parse(
    readFileSync(new URL('./testdata/yaml/go-yaml.json', import.meta.url), 'utf8'),
  ) as GoCase[];
  // Where we refuse what Go takes: two readers would see two values.
  const refused = [
    'a: 1\na: 2',
    "true: x\n'true': y",
    'a: {x: 1, x: 2}',
    'a: # c\u2028b: yes',
    'a: 1\u0085b: 2',
  ];
  // Where Go rounds and we keep the digits.
  const exact = new Map([
    ['a: 100000000000000000000000000000', '{"a":100000000000000000000000000000}'],
    ['a: 123456789012345678901234567890.5', '{"a":123456789012345678901234567890.5}'],
    ['a: -9223372036854775809', '{"a":-9223372036854775809}'],
    ['a: 01777777777777777777777777', '{"a":1777777777777777777777777}'],
    ['a: 1.7976931348623157e308', '{"a":1.7976931348623157e308}'],
    ['a: !!float 9007199254740993', '{"a":9007199254740993}'],
  ]);
  // YAML 1.2 has the escape \/, Go's YAML 1.1 reader does not; there is nothing to disagree about.
  const more = ['{"a": "\\u00e9\\/", "b": [1, 2, {"c": null}]}'];

  it('covers booleans, numbers, keys, tags, merges, anchors and block scalars', () => {
    expect(cases.length).toBeGreaterThan(150);
  });

  it.each(
    cases.filter((one) => !refused.includes(one.yaml) && !exact.has(one.yaml) && !more.includes(one.yaml)),
  )('$yaml', ({ yaml, json }) => {
    const { documents, problems } = read(yaml);
    if (json === undefined) expect(problems).toHaveLength(1);
    else {
      // Digits are compared as text: JSON.parse would round Go's 64-bit integers. -0 and 0 are one number.
      const digits = json.replace(/:(-?\d{17,})/g, ':"$1"').replace(':-0}', ':0}');
      const got = text(sorted(documents[0]?.value)).replace(/:(-?\d{17,})/g, ':"$1"');
      expect(JSON.parse(got)).toEqual(JSON.parse(digits));
    }
  });

  it.each(refused)('is refused where readers disagree: %j', (yaml) => {
    expect(failure(yaml)?.code).toBe('INPUT_SYNTAX');
  });

  it.each([...exact])('keeps the digits of %s', (yaml, json) => {
    expect(text(read(yaml).documents[0]?.value)).toBe(json);
  });
});

describe('attacks', () => {
  it('names the place of a duplicate key, also when the two are only equal as text', () => {
    expect(failure('a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n')).toEqual({
      code: 'INPUT_SYNTAX',
      line: 5,
      column: 3,
    });
    expect(failure('yes: 1\n"true": 2\n')).toEqual({ code: 'INPUT_SYNTAX', line: 2, column: 1 });
    expect(failure('0x10: 1\n16: 2\n')).toEqual({ code: 'INPUT_SYNTAX', line: 2, column: 1 });
  });

  it('stops a file that grows through aliases', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
    );
    expect(failure(`l0: &l0 x\n${levels.join('\n')}\n`)?.code).toBe('INPUT_TOO_LARGE');
    expect(
      parseInput('a.yaml', bytes('a: &a [1, 2]\nb: [*a, *a]\n'), { yamlNodes: 5 }).problems[0]?.error.code,
    ).toBe('INPUT_TOO_LARGE');
    expect(parseInput('a.yaml', bytes('a: &a [1, 2]\nb: [*a, *a]\n'), { yamlNodes: 6 }).problems).toEqual([]);
  });

  it('counts long texts in aliases, and levels across aliases', () => {
    const long = `a: &a "${'x'.repeat(64_000)}"\nb: [${Array(2_000).fill('*a').join(', ')}]\n`;
    expect(failure(long)?.code).toBe('INPUT_TOO_LARGE');
    const nested = (n: number, inner: string) => `${'['.repeat(n)}${inner}${']'.repeat(n)}`;
    expect(failure(`a: &a ${nested(60, 'x')}\nb: ${nested(60, '*a')}\n`)?.code).toBe('INPUT_TOO_LARGE');
    expect(failure(`a: ${nested(5_000, 'x')}\n`)?.code).toBe('INPUT_TOO_LARGE');
  });

  it('runs no code for a tag and keeps keys of prototypes as data', () => {
    const { documents } = read(
      'a: !!js/function "function () { return 1 }"\n__proto__: {polluted: 1}\nconstructor: 2\n',
    );
    const value = documents[0]?.value as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['a', '__proto__', 'constructor']);
    expect(value.a).toBe('function () { return 1 }');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ['a merge of a list', 'a: &a [1]\nb: {<<: *a}\n'],
    ['an alias in its own anchor', 'a: &a {b: *a}\n'],
    ['an alias without an anchor', 'a: *b\n'],
    ['an anchor name that readers cut differently', 'a: &b:c d\n'],
    ['infinity', 'a: .inf\n'],
  ])('refuses %s', (_name, yaml) => {
    expect(failure(yaml)?.code).toBe('INPUT_SYNTAX');
  });

  it('gives a place and a hint for a template', () => {
    const { problems } = read('apiVersion: v1\nkind: Pod\n{{- if .Values.x }}\nspec: {}\n{{- end }}\n');
    expect(problems[0]?.error).toMatchObject({ code: 'INPUT_SYNTAX', location: { file: 'a.yaml', line: 3 } });
    expect(problems[0]?.error.hint).toContain('helm template');
  });
});

describe('brackets that are indented less than YAML 1.2 demands', () => {
  const source = 'args: [\n  a,\n  {\n  b: 1\n  }\n]\nscript: |\n  x = [\n  ]\n  }\nlast: 1\n';

  it('are taken as kubectl takes them, and a block scalar keeps its text', () => {
    expect(read(source).documents[0]?.value).toEqual({
      args: ['a', { b: 1 }],
      script: 'x = [\n]\n}\n',
      last: 1,
    });
  });

  it('have the positions of the file', () => {
    const [document] = read(source).documents;
    expect(document?.locate(['args', 1, 'b'])).toEqual({ file: 'a.yaml', line: 4, column: 3 });
    expect(document?.locate(['last'])).toEqual({ file: 'a.yaml', line: 11, column: 1 });
  });

  it('still tell the place of another error', () => {
    expect(failure('a: [\n  b\n]\nc: {x: 1, x: 2}\n')).toEqual({ code: 'INPUT_SYNTAX', line: 4, column: 11 });
    expect(failure('a: [\n  b\n]\nc: "x\n')?.code).toBe('INPUT_SYNTAX');
  });
});

describe('positions', () => {
  const source = [
    'base: &base',
    '  image: x',
    'pod:',
    '  <<: *base',
    "  'quoted': 1",
    '  list:',
    '    - a',
    '    - b: {c: [1, 2]}',
  ];
  const [document] = read(source.join('\n')).documents;
  it.each([
    [['pod', 'quoted'], 5, 3],
    [['pod', 'list'], 6, 3],
    [['pod', 'list', 0], 7, 7],
    [['pod', 'list', 1, 'b', 'c', 1], 8, 18],
    [['pod', 'list', '1', 'b'], 8, 7],
    [['pod', 'image'], 2, 3],
    [['pod', 'missing', 'deeper'], 3, 1],
    [['pod', 'list', 7], 6, 3],
    [[], 1, 1],
  ])('%j', (path, line, column) => {
    expect(document?.locate(path)).toEqual({ file: 'a.yaml', line, column });
  });

  it('are in the right document of a stream', () => {
    const { documents } = read('---\na: 1\n---\n# nothing\n---\nb:\n  a: 2\n...\n');
    expect(documents.map(({ value, index }) => ({ value, index }))).toEqual([
      { value: { a: 1 }, index: 0 },
      { value: { b: { a: 2 } }, index: 1 },
    ]);
    expect(documents[1]?.locate(['b', 'a'])).toEqual({ file: 'a.yaml', line: 7, column: 3 });
  });

  it('and values are those that another parser finds', () => {
    const key = fc.oneof(
      fc.stringMatching(/^[a-z]{1,8}$/),
      fc.constantFrom('yes', 'on', '0644', '~', '__proto__', 'a b', 'é'),
    );
    const leaf = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.constantFrom('no', '1e3', '0x1F', '', null),
    );
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(key, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 }), fc.boolean(), (value, flow) => {
        fc.pre(!/[\u0085\u2028\u2029]/.test(text(value)));
        const yaml = stringify(value, {
          version: '1.1',
          collectionStyle: flow ? 'flow' : 'block',
          aliasDuplicateObjects: false,
        });
        const [found] = read(yaml).documents;
        expect(text(found?.value)).toBe(text(value));
        const lines = new LineCounter();
        const theirs = parseDocument(yaml, { lineCounter: lines, version: '1.1' });
        for (const { path, offset } of placesOf(theirs.contents as Node, [])) {
          const { line, col } = lines.linePos(offset);
          expect(found?.locate(path)).toEqual({ file: 'a.yaml', line, column: col });
        }
      }),
    );
  });
});

/** Keys and items of a document of the `yaml` package, with their offsets. */
function placesOf(node: Node, path: (string | number)[]): { path: (string | number)[]; offset: number }[] {
  if (isSeq(node)) {
    return node.items.flatMap((item, index) => [
      { path: [...path, index], offset: (item as Node).range?.[0] ?? -1 },
      ...placesOf(item as Node, [...path, index]),
    ]);
  }
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => {
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    return [
      { path: [...path, name], offset: (pair.key as Node).range?.[0] ?? -1 },
      ...(pair.value === null ? [] : placesOf(pair.value as Node, [...path, name])),
    ];
  });
}
