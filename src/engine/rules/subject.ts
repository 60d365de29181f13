import { z } from 'zod';
import { cedarReference, formatCedarReference, type InputDocument } from '../../inputs/index.ts';
import type { Subject } from '../types.ts';

const named = z.object({
  kind: z.string().min(1),
  metadata: z.object({
    name: z.string().min(1).optional(),
    generateName: z.string().min(1).optional(),
    namespace: z.string().min(1).optional(),
  }),
});

/**
 * The document itself as a subject: the population of rules that name none. A Kubernetes object is named by kind,
 * namespace and name, so that it is the same subject in every layer; a request to Cedar by who wants to do what with which
 * resource; anything else by its file.
 */
export function documentSubject(document: InputDocument): Subject {
  const object = document.kind === 'kubernetes' ? named.safeParse(reviewed(document.value)).data : undefined;
  const name = object?.metadata.name ?? object?.metadata.generateName;
  if (object !== undefined && name !== undefined) {
    const id = [object.kind, object.metadata.namespace, name].filter((part) => part !== undefined).join('/');
    return { type: object.kind, id, name };
  }
  if (document.kind === 'cedar-request') return requestSubject(document.value);
  const id = document.index === 0 ? document.file : `${document.file}#${document.index}`;
  return { type: document.kind, id: id === '' ? 'stdin' : id, name: id };
}

function requestSubject(value: unknown): Subject {
  const { principal, action, resource } = value as Record<string, unknown>;
  const id = [principal, action, resource]
    .flatMap((part) => cedarReference(part) ?? [])
    .map(formatCedarReference)
    .join(' ');
  return { type: 'cedar-request', id, name: id };
}

/** The object in an AdmissionReview (the old one on DELETE), or the value itself. */
function reviewed(value: unknown): unknown {
  const review = value as { kind?: unknown; request?: { object?: unknown; oldObject?: unknown } } | null;
  return review?.kind === 'AdmissionReview' ? (review.request?.object ?? review.request?.oldObject) : value;
}

/** `namespace/name` order of ids: by UTF-16 units, the same on every machine. */
export const byId = (a: Subject, b: Subject): number => (a.id < b.id ? -1 : Number(a.id > b.id));
