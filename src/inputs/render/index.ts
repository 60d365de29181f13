import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { InputFile } from '../types.ts';
import { type RenderFolder, type RenderOptions, renderChart } from './helm.ts';
import { KUSTOMIZATIONS } from './kustomization.ts';
import { renderKustomization } from './kustomize.ts';

export type { RenderOptions } from './helm.ts';
export { covered } from './kustomization.ts';
export { findRenderer, HELM, KUSTOMIZE, type Renderer } from './tool.ts';

export type Renders = 'helm' | 'kustomize';

/** What renders a folder, by the names of the entries in it. */
export function rendererOf(names: ReadonlySet<string>): Renders | undefined {
  if (names.has('Chart.yaml')) return 'helm';
  return KUSTOMIZATIONS.some((name) => names.has(name)) ? 'kustomize' : undefined;
}

/** Entries of a chart that helm reads: they are judged as what it renders. */
export const CHART_ENTRIES: ReadonlySet<string> = new Set([
  'Chart.yaml',
  'Chart.lock',
  'charts',
  'crds',
  'templates',
  'values.schema.json',
  'values.yaml',
]);

/** Deepest folder within a chart in which a named file is known as one of its templates. */
const DEEPEST = 32;

/** The folder to render for a file that was named: a template, values or Chart.yaml of a chart, or a file of Kustomize. */
export function folderOf(file: string, cwd: string): { by: Renders; file: string } | undefined {
  if (KUSTOMIZATIONS.some((name) => name === basename(file))) return { by: 'kustomize', file: dirname(file) };
  let found: string | undefined;
  let folder = file;
  for (let depth = 0; depth < DEEPEST && dirname(folder) !== folder; depth += 1) {
    const entry = basename(folder);
    folder = dirname(folder);
    // The outermost chart renders those that it carries.
    if (CHART_ENTRIES.has(entry) && existsSync(resolve(cwd, join(folder, 'Chart.yaml')))) found = folder;
  }
  return found === undefined ? undefined : { by: 'helm', file: found };
}

/** Renders a folder. Undefined where it is no whole by itself: a library chart, a component. @throws ExhibitError */
export function renderFolder(
  by: Renders,
  folder: RenderFolder,
  options: RenderOptions,
): Promise<InputFile[] | undefined> {
  return by === 'helm' ? renderChart(folder, options) : renderKustomization(folder, options);
}
