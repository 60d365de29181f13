import { posix } from 'node:path';
import type { Location } from '../record/index.ts';
import { type HclItem, hclItems } from './hcl-blocks.ts';
import { LineIndex } from './lines.ts';
import { memberOf } from './source.ts';
import { parseAddress } from './terraform-address.ts';
import type { JsonPath, SourceReader } from './types.ts';

/** A block that a plan speaks of, and what of the path is left inside it. */
interface Target {
  modules: readonly string[];
  type: 'resource' | 'data' | 'output' | 'variable';
  labels: readonly string[];
  rest: JsonPath;
}

interface TerraformFile {
  file: string;
  items: HclItem[];
  place(offset: number): Location;
}

/**
 * Finds the place in the `.tf` files that a value of a plan comes from. A plan holds no positions, so the block is looked up by
 * its address in the folder of the plan, and in the folders of local modules. Only positions are ever returned.
 * @param planFile file of the plan as the user named it
 * @param plan attacker-controlled
 * @returns a function that answers undefined where the source is not beside the plan
 */
export function terraformLocator(
  planFile: string,
  plan: unknown,
  reader: SourceReader | undefined,
): (path: JsonPath) => Location | undefined {
  const folders = new Map<string, TerraformFile[]>();
  return (path) => {
    const target = reader === undefined ? undefined : targetOf(plan, path);
    if (reader === undefined || target === undefined) return undefined;
    const folder = folderOf(planFile, plan, target.modules);
    if (folder === undefined) return undefined;
    const files = folders.get(folder) ?? readFolder(reader, folder);
    folders.set(folder, files);
    return locateBlock(files, target);
  };
}

/** The innermost resource, output or variable on a path. */
function targetOf(plan: unknown, path: JsonPath): Target | undefined {
  const [top, name] = path;
  if ((top === 'output_changes' || top === 'variables') && typeof name === 'string') {
    return { modules: [], type: top === 'variables' ? 'variable' : 'output', labels: [name], rest: [] };
  }
  let value = plan;
  let found: Target | undefined;
  const modules: string[] = [];
  path.forEach((step, index) => {
    if (path[index - 1] === 'module_calls') modules.push(String(step));
    value = Array.isArray(value) ? value[Number(step)] : memberOf(value, String(step));
    const address = memberOf(value, 'address');
    const parsed = typeof address === 'string' ? parseAddress(address) : undefined;
    if (parsed === undefined) return;
    found = {
      modules: [...modules, ...parsed.modules],
      type: parsed.mode === 'data' ? 'data' : 'resource',
      labels: [parsed.type, parsed.name],
      rest: withoutEnvelope(path.slice(index + 1)),
    };
  });
  return found;
}

/** The path inside the resource: without `change.after`, `values` and `expressions`, which only plans have. */
function withoutEnvelope(path: JsonPath): JsonPath {
  if (path[0] === 'change') return path.slice(2);
  return path[0] === 'values' || path[0] === 'expressions' ? path.slice(1) : [];
}

/** The folder of a module: only local sources (`./`, `../`) are on this disk. */
function folderOf(planFile: string, plan: unknown, modules: readonly string[]): string | undefined {
  let folder = posix.dirname(planFile);
  let config = memberOf(memberOf(plan, 'configuration'), 'root_module');
  for (const name of modules) {
    const call = memberOf(memberOf(config, 'module_calls'), name);
    const source = memberOf(call, 'source');
    if (typeof source !== 'string' || !/^\.\.?(?:\/|$)/.test(source)) return undefined;
    folder = posix.join(folder, source);
    config = memberOf(call, 'module');
  }
  return folder;
}

function readFolder(reader: SourceReader, folder: string): TerraformFile[] {
  return reader
    .list(folder)
    .filter((name) => name.endsWith('.tf') || name.endsWith('.tofu'))
    .flatMap((name) => {
      const file = folder === '.' ? name : posix.join(folder, name);
      const text = reader.read(file);
      if (text === undefined) return [];
      const lines = new LineIndex(text);
      return [{ file, items: hclItems(text), place: (offset: number) => ({ file, ...lines.at(offset) }) }];
    });
}

function locateBlock(files: readonly TerraformFile[], target: Target): Location | undefined {
  for (const { items, place } of files) {
    const block = items.find(
      (item) =>
        item.kind === 'block' &&
        item.name === target.type &&
        item.labels.length === target.labels.length &&
        item.labels.every((label, index) => label === target.labels[index]),
    );
    if (block !== undefined) return place(inside(block, target.rest));
  }
  return undefined;
}

/** Offset of the attribute or nested block that a path names, as deep as it is written there. */
function inside(block: HclItem, path: JsonPath): number {
  const [name, ...rest] = path;
  if (name === undefined) return block.offset;
  const attribute = block.items.find((item) => item.kind === 'attribute' && item.name === name);
  if (attribute !== undefined) return attribute.offset;
  const nested = block.items.filter((item) => item.kind === 'block' && item.name === name);
  const index = typeof rest[0] === 'number' ? rest[0] : 0;
  const inner = nested[index] ?? nested[0];
  if (inner !== undefined) return inside(inner, typeof rest[0] === 'number' ? rest.slice(1) : rest);
  const dynamic = block.items.find((item) => item.name === 'dynamic' && item.labels[0] === name);
  return (dynamic ?? block).offset;
}
