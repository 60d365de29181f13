import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type InputDocument, parseInput, readInputs } from '../index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The pipeline of a repository with these files. */
async function pipeline(files: Record<string, string>, asked = '.gitlab-ci.yml') {
  const cwd = mkdtempSync(join(tmpdir(), 'exhibit-gitlab-'));
  folders.push(cwd);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  for await (const { documents, problems } of readInputs([asked], { cwd })) {
    const document = documents.at(-1) as InputDocument;
    const place = (...path: (string | number)[]) => {
      const { file, line } = document.locate(path);
      return `${file}:${line}`;
    };
    const value = document.value as Record<string, Record<string, unknown>>;
    return { value, place, problems: problems.map(({ error }) => error) };
  }
  throw new Error('nothing was read');
}

const alone = (text: string) => pipeline({ '.gitlab-ci.yml': text });

// The rules of "CI/CD YAML syntax reference" and "Optimize GitLab CI/CD configuration files", with other examples.
describe('extends', () => {
  it('merges mappings and replaces lists and texts; of several parents the last one wins', async () => {
    const { value, place } = await alone(`.base:
  image: base:1
  variables: {A: one, B: two}
  script: [make]
  only: [tags]
.late:
  image: late:2
  variables: {B: three}
build:
  extends: [.base, .late]
  variables: {C: four}
  only: [main]
`);
    expect(value.build).toEqual({
      extends: ['.base', '.late'],
      image: 'late:2',
      variables: { A: 'one', B: 'three', C: 'four' },
      script: ['make'],
      only: ['main'],
    });
    expect(place('build')).toBe('.gitlab-ci.yml:9');
    expect(place('build', 'image')).toBe('.gitlab-ci.yml:7');
    expect(place('build', 'variables', 'A')).toBe('.gitlab-ci.yml:3');
    expect(place('build', 'variables', 'B')).toBe('.gitlab-ci.yml:8');
    expect(place('build', 'variables', 'C')).toBe('.gitlab-ci.yml:11');
    expect(place('build', 'script', 0)).toBe('.gitlab-ci.yml:4');
  });

  it('goes over several levels; what is not there stays named, also where a parent names it', async () => {
    const { value } = await alone(`.a: {extends: .gone, image: a:1}
.b: {extends: .a, tags: [x]}
c: {extends: .b, script: [make]}
`);
    expect(value.c).toEqual({ extends: ['.b', '.gone'], image: 'a:1', tags: ['x'], script: ['make'] });
  });

  it('in a circle ends', async () => {
    const { value } = await alone('a: {extends: b, image: x:1}\nb: {extends: a, script: [make]}\n');
    expect(value.a).toMatchObject({ image: 'x:1', script: ['make'] });
  });

  it('that grows without end is refused', () => {
    const levels = [...Array(11).keys()].map(
      (i) =>
        `.l${i}: {extends: [${Array(20)
          .fill(`.l${i + 1}`)
          .join(', ')}]}`,
    );
    const text = `${levels.join('\n')}\n.l11: {image: a}\njob: {extends: .l0, script: [make]}\n`;
    const { problems } = parseInput('.gitlab-ci.yml', Buffer.from(text));
    expect(problems.map(({ error }) => error.code)).toEqual(['INPUT_TOO_LARGE']);
  });
});

describe('default', () => {
  const text = `default:
  image: node:24
  services: [postgres:17]
  before_script: [npm ci]
.hidden: {script: [x]}
test: {script: [npm test]}
own: {image: go:1, services: [], script: [go test]}
none: {inherit: {default: false}, script: [x]}
some: {inherit: {default: [image]}, script: [x]}
child: {extends: .hidden}
`;
  it('is what a job does not say, but not of a hidden one, nor where a job inherits it not', async () => {
    const { value, place } = await alone(text);
    const shared = { image: 'node:24', services: ['postgres:17'], before_script: ['npm ci'] };
    expect(value.test).toEqual({ ...shared, script: ['npm test'] });
    expect(value.own).toEqual({ ...shared, image: 'go:1', services: [], script: ['go test'] });
    expect(value.none).not.toHaveProperty('image');
    expect(value.some).toMatchObject({ image: 'node:24' });
    expect(value.some).not.toHaveProperty('services');
    expect(value.child).toMatchObject({ ...shared, script: ['x'] });
    expect(value['.hidden']).toEqual({ script: ['x'] });
    expect(place('test', 'image')).toBe('.gitlab-ci.yml:2');
    expect(place('child', 'services', 0)).toBe('.gitlab-ci.yml:3');
  });

  it('may stand at the top, as older files write it', async () => {
    const { value, place } = await alone('image: ruby:3.4\ntags: [x]\ntest: {script: [rake]}\n');
    expect(value.test).toEqual({ image: 'ruby:3.4', script: ['rake'] });
    expect(place('test', 'image')).toBe('.gitlab-ci.yml:1');
  });
});

describe('!reference', () => {
  it('gives the value, and the items of a list in the place of it', async () => {
    const { value, place } = await alone(`.setup:
  image: setup:1
  script:
    - one
    - two
.more: {script: [!reference [.setup, script], three]}
test:
  image: !reference [.setup, image]
  script: [!reference [.more, script], four, !reference [.gone, script]]
`);
    expect(value.test).toEqual({
      image: 'setup:1',
      script: ['one', 'two', 'three', 'four', ['.gone', 'script']],
    });
    expect(place('test', 'image')).toBe('.gitlab-ci.yml:2');
    expect(place('test', 'script', 1)).toBe('.gitlab-ci.yml:5');
    expect(place('test', 'script', 3)).toBe('.gitlab-ci.yml:9');
  });

  it('to itself ends', async () => {
    const { value } = await alone('a: {image: x, script: [!reference [a, script]]}\n');
    expect(value.a).toHaveProperty('script');
  });
});

describe('include', () => {
  const files = {
    '.gitlab-ci.yml': `include:
  - /ci/base.yml
  - {local: ci/more.yml}
  - {project: group/templates, file: x.yml}
build: {extends: .base, variables: {B: here}}
`,
    'ci/base.yml': `include: [{local: /ci/deep.yml}, {remote: "https://example.com/x.yml"}]
default: {image: base:1}
.base: {script: [make], variables: {A: there, B: there}}
`,
    'ci/deep.yml': 'default: {image: deep:1}\ndeploy: {script: [ship]}\n',
    'ci/more.yml': 'default: {tags: [fast]}\n',
  };

  it('takes files of the repository in, the including file last; places are in those files', async () => {
    const { value, place, problems } = await pipeline(files);
    expect(problems).toEqual([]);
    expect(value.build).toEqual({
      extends: '.base',
      image: 'base:1',
      tags: ['fast'],
      script: ['make'],
      variables: { A: 'there', B: 'here' },
    });
    expect(value.deploy).toMatchObject({ image: 'base:1', script: ['ship'] });
    expect(place('build', 'image')).toBe('ci/base.yml:2');
    expect(place('build', 'variables', 'A')).toBe('ci/base.yml:3');
    expect(place('build', 'variables', 'B')).toBe('.gitlab-ci.yml:5');
    expect(place('deploy', 'script', 0)).toBe('ci/deep.yml:2');
    expect(place('deploy')).toBe('ci/deep.yml:2');
  });

  it('lists what the files of the repository include from elsewhere', async () => {
    const { value, place } = await pipeline(files);
    expect(value.include).toHaveLength(4);
    expect(value.include).toContainEqual({ remote: 'https://example.com/x.yml' });
    expect(place('include', 3)).toBe('ci/base.yml:1');
    expect(place('include', 2)).toBe('.gitlab-ci.yml:4');
  });

  it('is found from an included file that is judged by itself, too', async () => {
    const { value, problems } = await pipeline(
      { ...files, 'ci/base.yml': 'include: /ci/deep.yml\na: {script: [x]}\n' },
      'ci/base.yml',
    );
    expect(problems).toEqual([]);
    expect(value).toHaveProperty('deploy');
  });

  it.each([
    ['gone.yml', 'the included file "gone.yml" is not there'],
    ['"ci/*.yml"', 'the included file "ci/*.yml" is named by a pattern, a variable or a path upwards'],
    [
      '../secret.yml',
      'the included file "../secret.yml" is named by a pattern, a variable or a path upwards',
    ],
    ['ci/list.yml', 'the included file "ci/list.yml" is no mapping'],
  ])('of %s is a problem of the file: it is never judged completely', async (name, message) => {
    const { problems } = await pipeline({
      '.gitlab-ci.yml': `include:\n  - ${name}\na: {script: [x]}\n`,
      'ci/list.yml': '- a\n',
    });
    expect(problems.map((error) => [error.message, error.location?.line])).toEqual([[message, 2]]);
  });

  it('under rules may not hold, so it is not taken', async () => {
    const { value, problems } = await pipeline({
      ...files,
      '.gitlab-ci.yml': 'include:\n  - local: ci/deep.yml\n    rules: [{if: $CI}]\na: {script: [x]}\n',
    });
    expect(problems).toEqual([]);
    expect(value).not.toHaveProperty('deploy');
  });

  it('in a circle ends', async () => {
    const { value } = await pipeline({
      '.gitlab-ci.yml': 'include: a.yml\na: {script: [x]}\n',
      'a.yml': 'include: .gitlab-ci.yml\nb: {script: [y]}\n',
    });
    expect(Object.keys(value).sort()).toEqual(['a', 'b', 'include']);
  });
});
