import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';

/** A service and which subjects are its own. */
export interface Service {
  name: string;
  owner: string;
  file: string;
  subjects?: string[];
  /** Any of these sets of labels. */
  labels?: Record<string, string>[];
  environments?: string[];
}

const text = z.string().trim().min(1).max(256);
const labels = z.record(z.string(), z.string());

/** The plain form: a list of services. */
export const servicesSchema = z.strictObject({
  services: z.array(
    z
      .strictObject({
        name: text,
        owner: text,
        subjects: z.array(text).min(1).exactOptional().describe('globs of subject ids'),
        labels: labels.exactOptional().describe('labels that the subject must have, all of them'),
        environments: z.array(text).min(1).exactOptional(),
      })
      .refine((each) => each.subjects !== undefined || each.labels !== undefined, 'needs subjects or labels'),
  ),
});

/**
 * An entity of a Backstage catalogue, as far as it says whose something is.
 * @see https://backstage.io/docs/features/software-catalog/descriptor-format
 * @see https://backstage.io/docs/features/kubernetes/configuration#surfacing-your-kubernetes-components-as-part-of-an-entity
 */
const entity = z.object({
  apiVersion: z.string().startsWith('backstage.io/'),
  kind: z.string(),
  metadata: z.object({ name: text, annotations: labels.exactOptional() }),
  spec: z.object({ owner: text.exactOptional() }).exactOptional(),
});

/**
 * Reads a file with services, of one form or the other.
 * @throws ExhibitError NOT_FOUND, CONFIG_INVALID with the line
 */
export function readCatalogue(file: string): Service[] {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `cannot read the service catalogue ${file}`, {
      cause,
      location: { file },
      hint: 'owners.catalogues of respond.yaml names it.',
    });
  }
  return parseCatalogue(file, source);
}

export function parseCatalogue(file: string, source: string): Service[] {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(source, { lineCounter, version: '1.2' });
  const documents: Document[] = Array.isArray(parsed) ? parsed : [];
  return documents.flatMap((document): Service[] => {
    const line = document.range == null ? 1 : lineCounter.linePos(document.range[0]).line;
    const refuse = (why: string) =>
      new ExhibitError('CONFIG_INVALID', `${file}: ${why}`, {
        location: { file, line },
        hint: 'A catalogue holds Backstage entities, or a list under services.',
      });
    if (document.errors[0] !== undefined)
      throw refuse(document.errors[0].message.split('\n')[0] ?? 'not YAML');
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) return [];
    const plain = servicesSchema.safeParse(value);
    if (plain.success)
      return plain.data.services.map(({ labels: set, ...each }) => ({
        ...each,
        file,
        ...(set === undefined ? {} : { labels: [set] }),
      }));
    const one = entity.safeParse(value);
    if (one.success) return ofEntity(one.data, file);
    const isPlain = typeof value === 'object' && 'services' in value;
    const [issue] = (isPlain ? plain : one).error.issues;
    throw refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'of no known form'}`);
  });
}

/** Groups, users, domains own nothing that runs; an entity without an owner says nothing. */
function ofEntity({ kind, metadata, spec }: z.infer<typeof entity>, file: string): Service[] {
  if ((kind !== 'Component' && kind !== 'Resource') || spec?.owner === undefined) return [];
  const { name, annotations } = metadata;
  const selector = annotations?.['backstage.io/kubernetes-label-selector'];
  const id = annotations?.['backstage.io/kubernetes-id'];
  const namespace = annotations?.['backstage.io/kubernetes-namespace'];
  const sets =
    selector === undefined
      ? [
          ...(id === undefined ? [] : [{ 'backstage.io/kubernetes-id': id }]),
          { 'app.kubernetes.io/name': name },
          { app: name },
        ]
      : [equalities(selector)].filter((set) => set !== undefined);
  return [
    {
      name,
      owner: spec.owner.replace(/^(?:group|user):(?:default\/)?/, ''),
      file,
      labels: sets,
      ...(namespace === undefined ? {} : { subjects: [`*/${namespace}/**`] }),
    },
  ];
}

/** `a=b,c==d`; a selector with other conditions is none that can be answered here. */
function equalities(selector: string): Record<string, string> | undefined {
  const pairs = selector.split(',').map((each) => /^\s*([^=!\s]+)\s*==?\s*([^=!\s]+)\s*$/.exec(each));
  return pairs.every((pair) => pair !== null)
    ? Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
    : undefined;
}
