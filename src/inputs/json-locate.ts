import { type Node, parseTree } from 'jsonc-parser';
import type { JsonPath } from './types.ts';

/** Finds offsets in one JSON text; it is parsed once, at the first question. */
export function jsonLocator(text: string): (path: JsonPath) => number {
  let root: Node | undefined;
  return (path) => {
    root ??= parseTree(text);
    return root === undefined ? 0 : offsetOf(root, path);
  };
}

/** Offset of the key (or array item) that a path names, or of the nearest enclosing one. */
function offsetOf(root: Node, path: JsonPath): number {
  let node = root;
  let offset = root.offset;
  for (const step of path) {
    const next = node.type === 'array' ? item(node, step) : member(node, step);
    if (next === undefined) return offset;
    offset = next.offset;
    const value = next.type === 'property' ? next.children?.[1] : next;
    if (value === undefined) return offset;
    node = value;
  }
  return offset;
}

function item(node: Node, step: string | number): Node | undefined {
  // Rego paths may carry an index as text.
  return /^\d+$/.test(String(step)) ? node.children?.[Number(step)] : undefined;
}

function member(node: Node, step: string | number): Node | undefined {
  if (node.type !== 'object') return undefined;
  return node.children?.find((property) => property.children?.[0]?.value === String(step));
}
