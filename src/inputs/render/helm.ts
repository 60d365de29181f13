import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { isMap, parseAllDocuments } from 'yaml';
import { ExhibitError, formatDigest, type Location } from '../../record/index.ts';
import { readRegularFile } from '../files.ts';
import { kubernetes } from '../formats/kubernetes.ts';
import { yaml } from '../formats/yaml.ts';
import { asProblem } from '../parse.ts';
import { makeSource } from '../source.ts';
import type { InputDocument, InputFile, InputLimits, SourceReader } from '../types.ts';
import { templateLines } from './template-lines.ts';
import { type Environment, HELM, render } from './tool.ts';

/** A folder to render, as the user named it and where it is. */
export interface RenderFolder {
  file: string;
  path: string;
}

export interface RenderOptions {
  limits: InputLimits;
  env: Environment;
  cwd: string;
  beside: SourceReader;
  /** Values files for every chart, in order. Relative to `cwd`. */
  helmValues: readonly string[];
}

/** Most entries of a chart that are looked at for links. */
const ENTRIES = 50_000;

/**
 * The documents of a chart as `helm template` renders them, a file for each template. Hooks and CRDs are among them, NOTES.txt is not.
 * A library chart renders nothing by itself: undefined.
 * @throws ExhibitError TOOL_MISSING, TOOL_FAILED, INPUT_TOO_LARGE, INPUT_UNREADABLE, INPUT_EMPTY
 */
export async function renderChart(
  chart: RenderFolder,
  options: RenderOptions,
): Promise<InputFile[] | undefined> {
  const about = join(chart.file, 'Chart.yaml').replaceAll(sep, '/');
  if (isLibrary(options.beside.read(about) ?? '')) return undefined;
  refuseLinks(chart);
  const values = options.helmValues.flatMap((file) => ['--values', resolve(options.cwd, file)]);
  const args = ['template', 'release-name', chart.path, '--include-crds', ...values];
  const text = await render(HELM, () => args, { ...chart, limit: options.limits.fileBytes }, options.env);
  const files = [...Map.groupBy(chunks(text), ({ source }) => source)].map(([source, parts]) =>
    fileOf(source, parts, chart, options),
  );
  const full = files.filter(({ documents, problems }) => documents.length + problems.length > 0);
  if (full.length > 0) return full;
  throw new ExhibitError('INPUT_EMPTY', 'the chart renders nothing', {
    location: { file: about },
    hint: 'With these values no template gives a document. Name the values with --helm-values. That is not a pass.',
  });
}

/** By the first document of Chart.yaml, which is the one that Helm reads; what cannot be read is no library. */
function isLibrary(text: string): boolean {
  if (!text.includes('library')) return false;
  const [first] = parseAllDocuments(text);
  if (first === undefined || !('errors' in first) || first.errors.length > 0) return false;
  const type: unknown = isMap(first.contents) ? first.contents.get('type') : undefined;
  return type === 'library';
}

interface Chunk {
  /** As helm names it: the chart's name first. */
  source: string;
  text: string;
}

/** The stream, cut where helm says that another template begins. */
function chunks(text: string): Chunk[] {
  const marks = [...text.matchAll(/^---\r?\n# Source: (.+)\r?\n/gm)];
  return marks.map((mark, i) => ({
    source: mark[1] ?? '',
    text: text.slice(mark.index + mark[0].length, marks[i + 1]?.index ?? text.length),
  }));
}

function fileOf(
  source: string,
  parts: readonly Chunk[],
  chart: RenderFolder,
  options: RenderOptions,
): InputFile {
  const inside = source.slice(source.indexOf('/') + 1);
  const file = chart.file === '.' ? inside : `${chart.file}/${inside}`;
  const template = options.beside.read(file);
  const found: InputFile = { file, documents: [], problems: [] };
  for (const { text } of parts) {
    const place = placer(file, template, text, chart);
    try {
      const index = found.documents.length;
      found.documents.push(
        ...documentsOf(file, text, place, options).map((one, i) => ({ ...one, index: index + i })),
      );
    } catch (cause) {
      const error = asProblem(file, cause);
      const at = error.location === undefined ? place({}) : place(error.location);
      found.problems.push({
        file,
        error: new ExhibitError(error.code, error.message, { cause, location: at, hint: error.hint ?? '' }),
      });
    }
  }
  return found;
}

function documentsOf(
  file: string,
  text: string,
  place: (at: Location) => Location,
  { limits }: RenderOptions,
): Omit<InputDocument, 'index'>[] {
  if (text.trim() === '') return [];
  const source = { ...makeSource(file, text, limits, undefined), extension: '.yaml' };
  const parts = kubernetes.detect(source) ? kubernetes.parse(source) : yaml.parse(source);
  const raw_digest = formatDigest(createHash('sha256').update(text).digest());
  return parts.map(({ kind, value, locate }) => ({
    kind,
    value,
    file,
    raw_digest,
    madeOf: 'rendered' as const,
    locate: (path) => place(locate(path)),
  }));
}

/** From a place in what was rendered to the place in the template. A packed dependency has none but the chart's. */
function placer(
  file: string,
  template: string | undefined,
  rendered: string,
  chart: RenderFolder,
): (at: Location) => Location {
  if (template === undefined)
    return () => ({ file: chart.file === '.' ? 'Chart.yaml' : `${chart.file}/Chart.yaml`, about: true });
  let find: ReturnType<typeof templateLines> | undefined;
  return ({ line, column }) => {
    if (line === undefined) return { file };
    find ??= templateLines(template, rendered);
    const { exact, ...at } = find(line, column ?? 1);
    return { file, ...at, ...(exact ? {} : { about: true }) };
  };
}

/** Helm follows links wherever they lead; what lies outside of the chart was not named. */
function refuseLinks({ file, path }: RenderFolder): void {
  const root = realpathSync(path);
  let seen = 0;
  const walk = (folder: string, name: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      seen += 1;
      if (seen > ENTRIES)
        throw new ExhibitError('INPUT_TOO_LARGE', `the chart has more than ${ENTRIES} files`, {
          location: { file },
        });
      const at = join(folder, entry.name);
      const shown = `${name}/${entry.name}`;
      if (entry.isSymbolicLink()) {
        let real = '';
        try {
          real = realpathSync(at);
        } catch {
          // A link to nothing leads nowhere; helm says so itself.
        }
        if (real !== '' && real !== root && !real.startsWith(root + sep))
          throw new ExhibitError('INPUT_UNREADABLE', 'a symbolic link leads out of the chart', {
            location: { file: shown },
            hint: 'Copy what it leads to into the chart.',
          });
      } else if (entry.isDirectory()) walk(at, shown);
      else if (!entry.isFile() && lstatSync(at).isFIFO())
        throw new ExhibitError('INPUT_UNREADABLE', 'a pipe stands in the chart', {
          location: { file: shown },
        });
      if (entry.name === 'values.schema.json') refuseRemoteSchema(at, shown);
    }
  };
  walk(path, file);
}

function refuseRemoteSchema(path: string, file: string): void {
  const text = new TextDecoder().decode(readRegularFile(path, file, SCHEMA_BYTES));
  const named = /"\$id"\s*:\s*"[a-z]+:\/\/(?:localhost|127\.|0\.|\[)/i.test(text);
  if (
    !named &&
    !/"\$(?:ref|schema|dynamicRef)"\s*:\s*"(?!https?:\/\/json-schema\.org\/)[a-z][a-z0-9+.-]*:/i.test(text)
  )
    return;
  throw new ExhibitError('INPUT_FORMAT', 'the schema of the values names another document by its address', {
    location: { file },
    hint: 'Nothing is fetched while judging. Write the schema into the chart.',
  });
}

const SCHEMA_BYTES = 16 * 1024 * 1024;
