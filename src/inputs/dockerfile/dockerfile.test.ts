import { describe, expect, it } from 'vitest';
import { parseInput } from '../index.ts';

const read = (text: string | Uint8Array, file = 'Dockerfile') =>
  parseInput(file, Buffer.from(text as string));
const document = (text: string) => {
  const [one] = read(text).documents;
  if (one === undefined) throw new Error(`not read: ${JSON.stringify(read(text).problems)}`);
  return one;
};

// Lines and columns are counted by hand.
const FILE = `# syntax=docker/dockerfile:1
ARG BASE=node:24
FROM \${BASE} AS build
# why
RUN apt-get update && \\
    # inside
    curl x | sh
ENV A=b \\
    C="d e"
RUN <<EOF
one
EOF
`;

describe('a Dockerfile', () => {
  it('has its instructions, and a place for each value', () => {
    const { kind, value, locate } = document(FILE);
    expect(kind).toBe('dockerfile');
    const [instructions = []] = value as { Cmd: string; Value: string[]; Heredocs?: unknown }[][];
    expect(instructions.map(({ Cmd }) => Cmd)).toEqual(['arg', 'from', 'comment', 'run', 'env', 'run']);
    // Nothing is replaced.
    expect(instructions[1]?.Value).toEqual([`\${BASE}`, 'AS', 'build']);
    expect(instructions[5]?.Heredocs).toEqual([{ Name: 'EOF', Expand: true, Content: 'one\n' }]);
    expect(locate([0, 1, 'Value', 2])).toEqual({ file: 'Dockerfile', line: 3, column: 17 });
    expect(locate([0, 3])).toEqual({ file: 'Dockerfile', line: 5, column: 1 });
    expect(locate([0, 4, 'Value', 3])).toEqual({ file: 'Dockerfile', line: 9, column: 5 });
    expect(locate([0, 4, 'Value', 4])).toEqual({ file: 'Dockerfile', line: 9, column: 7 });
    expect(locate([0, 5, 'Heredocs', 0, 'Content'])).toEqual({ file: 'Dockerfile', line: 11, column: 1 });
    expect(locate([9, 'x'])).toEqual({ file: 'Dockerfile', line: 1, column: 1 });
  });

  it.each(['Dockerfile', 'a/Dockerfile.dev', 'dev.Dockerfile', 'Containerfile', 'dockerfile'])(
    'is known by its name: %s',
    (file) => {
      expect(read('FROM a', file).documents[0]?.kind).toBe('dockerfile');
    },
  );

  it.each(['Dockerfile.dockerignore', 'dockerfile.md', 'mydockerfiles'])('is not: %s', (file) => {
    expect(read('FROM a', file).documents).toEqual([]);
  });

  it.each([
    ['', 'INPUT_EMPTY'],
    ['# nothing\n', 'INPUT_EMPTY'],
    ['FROM a\nFOO bar\n', 'INPUT_SYNTAX'],
    ['RUN x\n', 'INPUT_FORMAT'],
    ['FROM a\nRUN <<EOF\nx\n', 'INPUT_SYNTAX'],
    ['FROM a\nENV\n', 'INPUT_SYNTAX'],
    ['FROM a\nENV A\n', 'INPUT_SYNTAX'],
    ['FROM a\nCMD ["a", 1]\n', 'INPUT_SYNTAX'],
    ['# escape=x\nFROM a\n', 'INPUT_SYNTAX'],
    ['# escape=`\n# escape=`\nFROM a\n', 'INPUT_SYNTAX'],
    [`FROM a\nRUN ${'x'.repeat(70_000)}\n`, 'INPUT_SYNTAX'],
    ['FROM a\0', 'INPUT_ENCODING'],
  ])('that is none is a problem: %#', (text, code) => {
    const { documents, problems } = read(text);
    expect(documents).toEqual([]);
    expect(problems.map(({ error }) => error.code)).toEqual([code]);
  });

  it('is a document or a problem wherever it is cut off', () => {
    for (let end = 1; end < FILE.length; end += 1) {
      const { documents, problems } = read(FILE.slice(0, end));
      expect(documents.length + problems.length).toBe(1);
      expect(problems[0]?.error.code).not.toBe('INTERNAL');
    }
  });

  it('of many lines is read in time that grows with it', () => {
    expect(document(`FROM a\n${'RUN a \\\n  b\n'.repeat(50_000)}`).kind).toBe('dockerfile');
    expect(document(`FROM a\nRUN a${' '.repeat(60_000)}\n`).kind).toBe('dockerfile');
    expect(document(`FROM a\nRUN ${'<<A '.repeat(1_000)}x\n${'A\n'.repeat(1_000)}`).kind).toBe('dockerfile');
  });
});
