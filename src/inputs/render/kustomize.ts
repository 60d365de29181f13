import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join, posix, relative, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { ExhibitError, formatDigest, type Location } from '../../record/index.ts';
import { kubernetes } from '../formats/kubernetes.ts';
import { yaml } from '../formats/yaml.ts';
import { asProblem } from '../parse.ts';
import { isObject, makeSource, memberOf, type Part } from '../source.ts';
import type { InputDocument, InputFile, JsonPath } from '../types.ts';
import type { RenderFolder, RenderOptions } from './helm.ts';
import { isEmptyObject, readKustomization, refuseRemote } from './kustomization.ts';
import { KUSTOMIZE, render } from './tool.ts';

const ORIGIN = 'config.kubernetes.io/origin';

/**
 * The objects of a folder as `kustomize build` renders them. A component is built by those who use it: undefined.
 * @throws ExhibitError TOOL_MISSING, TOOL_FAILED, INPUT_TOO_LARGE, INPUT_FORMAT, INPUT_EMPTY
 */
export async function renderKustomization(
  folder: RenderFolder,
  options: RenderOptions,
): Promise<InputFile[] | undefined> {
  const found = readKustomization(folder.path);
  if (found?.kind === 'Component') return undefined;
  const file = join(
    folder.file,
    found?.path.slice(found.path.lastIndexOf(sep) + 1) ?? 'kustomization.yaml',
  ).replaceAll(sep, '/');
  const real = realpathSync(folder.path);
  refuseRemote(real, file);
  let root = '';
  const args = (scratch: string) => {
    // Where an object comes from shows only when the outermost file asks for it, so one stands around the folder's own.
    root = join(realpathSync(scratch), 'around');
    mkdirSync(root);
    const around = {
      resources: [posix.join(relative(root, real).replaceAll(sep, '/'))],
      buildMetadata: ['originAnnotations'],
    };
    writeFileSync(join(root, 'kustomization.yaml'), JSON.stringify(around));
    return ['build', root];
  };
  const text = await render(
    KUSTOMIZE,
    args,
    { file, path: real, limit: options.limits.fileBytes },
    options.env,
  );
  const result: InputFile = { file, documents: [], problems: [] };
  try {
    const source = { ...makeSource(file, text, options.limits, undefined), extension: '.yaml' };
    const parts =
      text.trim() === '' ? [] : kubernetes.detect(source) ? kubernetes.parse(source) : yaml.parse(source);
    const raw_digest = formatDigest(createHash('sha256').update(text).digest());
    const sources = new Sources(folder, real, root, options);
    parts.forEach((part, index) => {
      const { value, origin } = withoutOrigin(part.value);
      const from = sources.of(origin, value);
      const document: InputDocument = {
        kind: part.kind,
        value,
        file: from.file ?? file,
        index,
        raw_digest,
        madeOf: 'rendered',
        locate: (path) => from.locate(path) ?? { file, line: 1, about: true },
      };
      result.documents.push(document);
    });
  } catch (cause) {
    const error = asProblem(file, cause);
    result.problems.push({
      file,
      error: new ExhibitError(error.code, error.message, {
        cause,
        location: { file },
        hint: error.hint ?? '',
      }),
    });
  }
  if (result.documents.length + result.problems.length > 0) return [result];
  throw new ExhibitError('INPUT_EMPTY', 'the folder renders nothing', {
    location: { file },
    hint: 'Name resources in it. That is not a pass.',
  });
}

/** The object without the annotation that was asked for here. */
function withoutOrigin(value: unknown): { value: unknown; origin: unknown } {
  const metadata = memberOf(value, 'metadata');
  const annotations = memberOf(metadata, 'annotations');
  const text = memberOf(annotations, ORIGIN);
  if (typeof text !== 'string' || !isObject(value) || !isObject(metadata) || !isObject(annotations))
    return { value, origin: undefined };
  const { [ORIGIN]: _, ...rest } = annotations;
  const { annotations: __, ...others } = metadata;
  const left = isEmptyObject(rest) ? others : { ...metadata, annotations: rest };
  return { value: { ...value, metadata: left }, origin: parse(text) };
}

interface Origin {
  file: string | undefined;
  locate(path: JsonPath): Location | undefined;
}

/** The files of the folder and its bases that objects come from, each read once. */
class Sources {
  readonly #read = new Map<string, Part[] | undefined>();
  readonly #folder: RenderFolder;
  readonly #real: string;
  readonly #root: string;
  readonly #options: RenderOptions;

  constructor(folder: RenderFolder, real: string, root: string, options: RenderOptions) {
    this.#folder = folder;
    this.#real = real;
    this.#root = root;
    this.#options = options;
  }

  /** A generated object is where its generator is configured. */
  of(origin: unknown, value: unknown): Origin {
    const path = memberOf(origin, 'path');
    const configured = memberOf(origin, 'configuredIn');
    const written = typeof path === 'string' ? path : configured;
    if (typeof written !== 'string' || memberOf(origin, 'repo') !== undefined)
      return { file: undefined, locate: () => undefined };
    const inside = relative(this.#real, resolve(this.#root, written)).replaceAll(sep, '/');
    const file = posix.join(this.#folder.file, inside);
    if (written === configured) return { file, locate: () => ({ file, line: 1, about: true }) };
    return { file, locate: (at) => this.#locate(file, value, at) ?? { file, line: 1, about: true } };
  }

  #locate(file: string, value: unknown, path: JsonPath): Location | undefined {
    const part = pick(this.#parts(file), value);
    if (part === undefined) return undefined;
    const at = part.locate(path);
    const same = JSON.stringify(valueAt(part.value, path)) === JSON.stringify(valueAt(value, path));
    return { ...at, file, ...(same ? {} : { about: true as const }) };
  }

  #parts(file: string): Part[] {
    if (!this.#read.has(file)) {
      const text = this.#options.beside.read(file);
      try {
        const source =
          text === undefined
            ? undefined
            : { ...makeSource(file, text, this.#options.limits, undefined), extension: '.yaml' };
        this.#read.set(file, source && kubernetes.parse(source));
      } catch {
        // Kustomize read it, so this is about a position only.
        this.#read.set(file, undefined);
      }
    }
    return this.#read.get(file) ?? [];
  }
}

/** The object of a source file that became this one: of its kind, and of its name or of a part of it. */
function pick(parts: readonly Part[], value: unknown): Part | undefined {
  const kind = memberOf(value, 'kind');
  const name = String(memberOf(memberOf(value, 'metadata'), 'name') ?? '');
  const nameOf = (part: Part) => String(memberOf(memberOf(part.value, 'metadata'), 'name') ?? '');
  const same = parts.filter((part) => memberOf(part.value, 'kind') === kind);
  return same.find((part) => nameOf(part) === name) ?? same.find((part) => name.includes(nameOf(part)));
}

function valueAt(value: unknown, path: JsonPath): unknown {
  let node = value;
  for (const step of path) node = Array.isArray(node) ? node[Number(step)] : memberOf(node, String(step));
  return node ?? null;
}
