import { findNodeAtOffset, getNodePath, modify, type Node, parseTree } from 'jsonc-parser';
import type { Change, EditRequest } from './json-value.ts';

/** The change that sets a value in JSON; undefined where its place is not found. */
export function editJson({ text, offset, path, there, value }: EditRequest): Change | undefined {
  const root = parseTree(text);
  if (root === undefined) return undefined;
  const found = there === 0 ? root : placed(root, offset, path[there - 1]);
  if (found === undefined) return undefined;
  const [indent = '  '] = /^[ \t]+(?=["[{])/m.exec(text) ?? [];
  const edits = modify(text, [...getNodePath(found), ...path.slice(there)], value, {
    formattingOptions: {
      insertSpaces: !indent.startsWith('\t'),
      tabSize: indent.startsWith('\t') ? 1 : indent.length,
      eol: text.includes('\r\n') ? '\r\n' : '\n',
    },
  });
  const [edit] = edits;
  if (edit === undefined || edits.length > 1) return undefined;
  return { start: edit.offset, end: edit.offset + edit.length, text: edit.content };
}

/** The value of the member whose key starts there, or the list item that does. */
function placed(root: Node, offset: number, step: string | number | undefined): Node | undefined {
  const node = findNodeAtOffset(root, offset);
  if (node === undefined) return undefined;
  const property = node.type === 'property' ? node : node.parent;
  const isKey = property?.type === 'property' && property.children?.[0]?.value === String(step);
  return isKey ? property.children?.[1] : node;
}
