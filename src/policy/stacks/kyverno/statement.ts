import type { Location } from '../../../record/index.ts';
import type { Files, Problem } from '../../types.ts';
import { parseYaml } from '../../yaml-file.ts';
import type { Statement } from '../stack.ts';
import { at, isRecord, type Manifest, textAt } from './manifest.ts';

/** The annotation that holds, as YAML, what Kyverno's own annotations have no place for. */
export const ANNOTATION = 'exhibit/policy';

/** Fields that stand in the annotations which Kyverno's own tools and reports show. */
const SHOWN = {
  title: 'policies.kyverno.io/title',
  description: 'policies.kyverno.io/description',
  severity: 'policies.kyverno.io/severity',
} as const;

/**
 * Metadata in the annotations of a Kubernetes object. The id is its name, because that is how reports and audit logs of a
 * cluster name a policy.
 * @returns no statement where the annotation is not there
 */
export function statementOf(
  { name, value, locate }: Manifest,
  files: Files,
  file: string,
): { statement?: Statement; problems: Problem[] } {
  const path = ['metadata', 'annotations', ANNOTATION];
  const text = at(value, path);
  if (text === undefined) return { problems: [] };
  const wrong = (message: string, location: Location): { problems: Problem[] } => ({
    problems: [{ severity: 'error', rule: 'metadata', message, location, hint: HINT }],
  });
  if (typeof text !== 'string') return wrong(`the annotation ${ANNOTATION} is no text`, locate(path));
  const inner = parseYaml(new Map([[file, Buffer.from(text)]]), file);
  const inside = placeIn(files, file, locate(path));
  const [broken] = inner.problems;
  if (broken !== undefined)
    return wrong(`the annotation ${ANNOTATION} is not YAML: ${broken.message}`, inside(broken.location));
  if (!isRecord(inner.value)) return wrong(`the annotation ${ANNOTATION} holds no fields`, locate(path));
  for (const field of ['id', ...Object.keys(SHOWN)]) {
    if (!Object.hasOwn(inner.value, field)) continue;
    const where = field === 'id' ? 'metadata.name' : `the annotation ${SHOWN[field as keyof typeof SHOWN]}`;
    return wrong(`${field} stands in ${where}, not in ${ANNOTATION}`, inside(inner.locate([field])));
  }
  const shown = Object.entries(SHOWN).flatMap(([field, annotation]) => {
    const said = textAt(value, ['metadata', 'annotations', annotation]);
    return said === undefined ? [] : [[field, said]];
  });
  const outer = (field: PropertyKey | undefined): readonly PropertyKey[] | undefined => {
    if (field === 'id') return ['metadata', 'name'];
    const annotation = SHOWN[field as keyof typeof SHOWN];
    return annotation === undefined ? undefined : ['metadata', 'annotations', annotation];
  };
  const statement: Statement = {
    value: { ...inner.value, ...Object.fromEntries(shown), id: name },
    locate: (asked) => {
      const whole = outer(asked[0]);
      return whole === undefined ? inside(inner.locate(asked)) : locate(whole);
    },
  };
  return { statement, problems: [] };
}

const HINT = `Write \`${ANNOTATION}: |\` with owner, controls, layers, cadence, remediation and since as YAML below it.`;

/**
 * From a place in the annotation's text to the place in the file. Only a literal block (`|`) keeps its lines; in any other form
 * the place is that of the annotation.
 */
function placeIn(files: Files, file: string, header: Location): (inner: Location) => Location {
  const lines = Buffer.from(files.get(file) ?? '')
    .toString('utf8')
    .split('\n');
  const start = header.line ?? 1;
  const opener = (lines[start - 1] ?? '').slice((header.column ?? 1) - 1);
  if (!/^\|[-+\d]*\s*(#.*)?$/.test(opener)) return () => header;
  const first = lines.slice(start).find((line) => line.trim() !== '') ?? '';
  const indent = first.length - first.trimStart().length;
  return ({ line = 1, column = 1 }) => ({ file, line: start + line, column: column + indent });
}
