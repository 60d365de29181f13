/**
 * The input that Gatekeeper gives to a template's rules: `review` (the request of an AdmissionReview as it is, or one
 * built from an object as if it were being created) and the constraint's `parameters`.
 * @param value attacker-controlled
 */
export function reviewInput(value: unknown, parameters: unknown): { review: unknown; parameters: unknown } {
  const object = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (object.kind === 'AdmissionReview') return { review: object.request ?? {}, parameters };
  const apiVersion = typeof object.apiVersion === 'string' ? object.apiVersion : '';
  const slash = apiVersion.indexOf('/');
  const { name, namespace } = (object.metadata ?? {}) as { name?: unknown; namespace?: unknown };
  return {
    review: {
      kind: {
        group: slash < 0 ? '' : apiVersion.slice(0, slash),
        version: apiVersion.slice(slash + 1),
        kind: object.kind,
      },
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      operation: 'CREATE',
      object: value,
    },
    parameters,
  };
}
