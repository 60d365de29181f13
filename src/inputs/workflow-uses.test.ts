import { describe, expect, it } from 'vitest';
import { type InputDocument, parseInput } from './index.ts';

const FILES: Record<string, string> = {
  '.github/workflows/ci.yml': `on: pull_request_target
jobs:
  build:
    steps:
      - uses: ./.github/actions/outer
      - uses: ./.github/actions/gone
      - uses: ./../outside
      - uses: actions/checkout@v5
  call:
    uses: ./.github/workflows/called.yml
`,
  '.github/workflows/called.yml': 'on: workflow_call\njobs:\n  inner:\n    steps:\n      - run: called\n',
  '.github/actions/outer/action.yml': `runs:
  using: composite
  steps:
    - run: first
    - uses: ./.github/actions/inner
`,
  '.github/actions/inner/action.yaml': `runs:
  using: composite
  steps: [{uses: ./.github/actions/outer}, {run: deep}]
`,
};

function read(root = ''): InputDocument {
  const file = `${root}.github/workflows/ci.yml`;
  const beside = {
    list: () => [],
    read: (name: string) => (name.startsWith(root) ? FILES[name.slice(root.length)] : undefined),
  };
  const { documents, problems } = parseInput(
    file,
    Buffer.from(FILES['.github/workflows/ci.yml'] ?? ''),
    {},
    beside,
  );
  expect(problems).toEqual([]);
  return documents[0] as InputDocument;
}

describe.each(['', 'work/shop/'])('a workflow in a repository at "%s"', (root) => {
  it('has the steps of actions and the jobs of workflows that lie beside it, at any depth', () => {
    const { value } = read(root);
    expect(value).toMatchObject({
      jobs: {
        build: {
          steps: [
            {
              uses: './.github/actions/outer',
              runs: {
                steps: [
                  { run: 'first' },
                  { runs: { steps: [{ uses: './.github/actions/outer' }, { run: 'deep' }] } },
                ],
              },
            },
            { uses: './.github/actions/gone' },
            { uses: './../outside' },
            { uses: 'actions/checkout@v5' },
          ],
        },
        call: { jobs: { inner: { steps: [{ run: 'called' }] } } },
      },
    });
    // Nothing of what is not there, goes upwards or in a circle.
    expect(JSON.stringify(value).match(/"runs"/g)).toHaveLength(2);
  });

  it('has them at their own places', () => {
    const document = read(root);
    const place = (...path: (string | number)[]) => {
      const { file, line } = document.locate(path);
      return `${file}:${line}`;
    };
    const outer = ['jobs', 'build', 'steps', 0];
    expect(place(...outer, 'uses')).toBe(`${root}.github/workflows/ci.yml:5`);
    expect(place(...outer, 'runs', 'steps', 0, 'run')).toBe(`${root}.github/actions/outer/action.yml:4`);
    expect(place(...outer, 'runs', 'steps', 1, 'runs', 'steps', 1)).toBe(
      `${root}.github/actions/inner/action.yaml:3`,
    );
    expect(place('jobs', 'call', 'jobs', 'inner', 'steps', 0)).toBe(`${root}.github/workflows/called.yml:5`);
    expect(place('jobs', 'call')).toBe(`${root}.github/workflows/ci.yml:9`);
  });
});

it('without a way to read files, a workflow stays as it is written', () => {
  const { documents } = parseInput(
    '.github/workflows/ci.yml',
    Buffer.from(FILES['.github/workflows/ci.yml'] ?? ''),
  );
  expect(JSON.stringify(documents[0]?.value)).not.toContain('"runs"');
});
