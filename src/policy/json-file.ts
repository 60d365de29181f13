import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Files, Problem } from './types.ts';
import type { YamlFile } from './yaml-file.ts';

/** Parses one JSON file of the repository with positions; what is wrong becomes a problem, not an exception. Strict: no comments, no trailing comma, no key twice. */
export function parseJsonFile(files: Files, file: string): YamlFile {
  const text = Buffer.from(files.get(file) ?? '').toString('utf8');
  const place = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
  };
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const found = errors.map(({ error, offset }) => ({ message: words(printParseErrorCode(error)), offset }));
  if (tree !== undefined && found.length === 0)
    for (const { key, offset } of doubled(tree))
      found.push({ message: `the key ${JSON.stringify(key)} stands here twice`, offset });
  const problems = found.map(
    ({ message, offset }): Problem => ({ severity: 'error', rule: 'json', message, location: place(offset) }),
  );
  return {
    file,
    value: problems.length === 0 && tree !== undefined ? JSON.parse(text) : undefined,
    problems,
    locate: (path) => {
      for (let length = path.length; tree !== undefined && length >= 0; length -= 1) {
        const node = findNodeAtLocation(tree, path.slice(0, length) as (string | number)[]);
        if (node !== undefined) return place(node.offset);
      }
      return { file };
    },
  };
}

/** `PropertyNameExpected` as words. */
function words(code: string): string {
  return `not JSON: ${code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase()}`;
}

function doubled(node: Node): { key: string; offset: number }[] {
  const children = node.children ?? [];
  const keys = new Set<string>();
  const here = (node.type === 'object' ? children : []).flatMap(({ children: [key] = [], offset }) => {
    const name = String(key?.value);
    if (!keys.has(name)) {
      keys.add(name);
      return [];
    }
    return [{ key: name, offset }];
  });
  return [...here, ...children.flatMap(doubled)];
}
