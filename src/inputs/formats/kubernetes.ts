import { ExhibitError } from '../../record/index.ts';
import {
  type Format,
  isObject,
  isYamlName,
  looksLikeJson,
  memberOf,
  type Part,
  type Source,
} from '../source.ts';
import type { JsonPath } from '../types.ts';
import { jsonParts } from './json.ts';
import { yaml } from './yaml.ts';

/** Deepest List within a List that is taken apart; no tool writes more than one. */
const LIST_DEPTH = 8;

// kubectl cuts a stream at every line that begins with three dashes. What follows them on that line older versions drop and
// newer ones refuse, unless it is a comment (k8s.io/apimachinery/pkg/util/yaml, YAMLReader). YAML itself reads it as content.
const FALSE_BOUNDARY = /^---(?![ \t]*(?:#.*)?\r?$)/m;

/** Kubernetes objects, in YAML or JSON, alone, in a stream or in a List. Other documents of the same stream stay `yaml`. */
export const kubernetes: Format = {
  name: 'kubernetes',
  reference: {
    known:
      'by its content: `apiVersion` and `kind`. A chart of Helm and a folder of Kustomize are rendered to it',
    sees: 'one object; a stream and a `List` are taken apart',
    positions: 'the key or item; in what was rendered, see below',
  },
  detect(source) {
    try {
      return values(source).some(isKubernetes);
    } catch {
      return false;
    }
  },
  parse(source) {
    const parts = looksLikeJson(source) ? jsonParts(source) : yaml.parse(source);
    if (!looksLikeJson(source)) refuseFalseBoundary(source);
    return parts.flatMap((part) => (isKubernetes(part.value) ? expand(part, 0) : [part]));
  },
};

function values(source: Source): unknown[] {
  if (looksLikeJson(source)) return [source.json()];
  // A file of another name counts when it names an object's two fields.
  if (!isYamlName(source) && !(/^\s*apiVersion:/m.test(source.text) && /^\s*kind:/m.test(source.text)))
    return [];
  return source.yaml().documents.map((document) => document.value);
}

function isKubernetes(value: unknown): boolean {
  return typeof memberOf(value, 'apiVersion') === 'string' && typeof memberOf(value, 'kind') === 'string';
}

/**
 * The objects of a List, as kubectl takes it apart: anything with `items` of objects is one, and an item of a PodList without
 * a kind is a Pod (k8s.io/apimachinery/pkg/apis/meta/v1/unstructured, decodeToList). The API server takes another kind with
 * stray `items` for the object that it is, so that is judged as well.
 * @throws ExhibitError INPUT_FORMAT for Lists within Lists that no tool writes
 */
function expand(part: Part, depth: number): Part[] {
  const items = memberOf(part.value, 'items');
  const kind = String(memberOf(part.value, 'kind'));
  const self: Part = { ...part, kind: 'kubernetes' };
  if (!Array.isArray(items)) return [self];
  const isList = kind.endsWith('List');
  if (!isList && !items.some(isKubernetes)) return [self];
  if (depth >= LIST_DEPTH) {
    throw new ExhibitError('INPUT_FORMAT', `Lists stand within Lists, more than ${LIST_DEPTH} deep`, {
      location: part.locate([]),
      hint: 'Write the objects in one List, or as documents of their own.',
    });
  }
  const inside = items.flatMap((item: unknown, index) => {
    const inner: Part = {
      kind: 'kubernetes',
      value: isObject(item) ? named(item, part.value, kind) : item,
      locate: (path: JsonPath) => part.locate(['items', index, ...path]),
    };
    return expand(inner, depth + 1);
  });
  return isList ? inside : [self, ...inside];
}

function named(item: Record<string, unknown>, list: unknown, listKind: string): Record<string, unknown> {
  if (isKubernetes(item) || listKind === 'List') return item;
  return { apiVersion: memberOf(list, 'apiVersion'), kind: listKind.slice(0, -'List'.length), ...item };
}

function refuseFalseBoundary(source: Source): void {
  const found = FALSE_BOUNDARY.exec(source.text);
  if (found === null) return;
  throw new ExhibitError('INPUT_SYNTAX', 'a line begins with --- and goes on', {
    location: source.place(found.index),
    hint: 'kubectl ends a document there and reads the rest of the line otherwise than YAML does. Write --- alone on its line.',
  });
}
