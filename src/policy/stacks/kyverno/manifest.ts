import type { Location } from '../../../record/index.ts';
import type { Files, Problem } from '../../types.ts';
import { parseYamlDocuments } from '../../yaml-file.ts';

/** One object of a file of Kubernetes manifests, and where its fields stand. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  name: string;
  value: Record<string, unknown>;
  locate(path: readonly PropertyKey[]): Location;
}

/** The objects of a file, in their order; what is no object with apiVersion, kind and name is a problem. */
export function readManifests(files: Files, file: string): { manifests: Manifest[]; problems: Problem[] } {
  const manifests: Manifest[] = [];
  const problems: Problem[] = [];
  for (const document of parseYamlDocuments(files, file)) {
    problems.push(...document.problems);
    if (document.problems.length > 0) continue;
    const value = isRecord(document.value) ? document.value : {};
    const apiVersion = textAt(value, ['apiVersion']);
    const kind = textAt(value, ['kind']);
    const name = textAt(value, ['metadata', 'name']);
    if (apiVersion !== undefined && kind !== undefined && name !== undefined)
      manifests.push({ apiVersion, kind, name, value, locate: document.locate });
    else problems.push(notManifest({ apiVersion, kind, 'metadata.name': name }, document.locate([])));
  }
  return { manifests, problems };
}

function notManifest(fields: Record<string, string | undefined>, location: Location): Problem {
  const missing = Object.keys(fields).filter((field) => fields[field] === undefined);
  const message = `the document is no Kubernetes object: it has no ${missing.join(' and no ')}`;
  return { severity: 'error', rule: 'kind', message, location };
}

/** The value on a path, or undefined. */
export function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[key];
  }
  return found;
}

export function textAt(value: unknown, path: readonly PropertyKey[]): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function listAt(value: unknown, path: readonly PropertyKey[]): unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
