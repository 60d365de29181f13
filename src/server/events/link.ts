import type { Admitted, AdmittedObjects } from '../../audit/index.ts';
import { formatInstant } from '../../record/index.ts';
import type { Outcome } from '../../sources/index.ts';

/** Clocks of a node and of this server differ by so much at most, milliseconds. */
const SKEW = 5_000;
/** An exec is seen so long after it was asked for at most, milliseconds. */
const EXEC = 600_000;

/** Which letters generated names end in. @see k8s.io/apimachinery/pkg/util/rand alphanums */
const END = '[bcdfghjklmnpqrstvwxz2456789]';
const OF_DEPLOYMENT = new RegExp(`^(.+)-${END}{1,10}-${END}{5}$`);
const GENERATED = new RegExp(`^(.+)-${END}{5}$`);
const NUMBERED = /^(.+)-\d+$/;

/** How sure a link is, in words for the record. */
type How = 'pod of this name' | 'owner that the event names' | 'owner by the form of the name';

/**
 * What admission said of the pod that an event is about. Found by the pod's own name; else by its owner, whose admission was not that of
 * this pod: the link says which. An event without a pod comes back as it is.
 * @param outcome of Falco; names in it are those of the node's sensor
 */
export function linked(outcome: Outcome, admitted: AdmittedObjects): Outcome {
  const fields = fieldsOf(outcome);
  const [namespace, pod] = [
    fields('k8s.ns.name', 'k8smeta.ns.name'),
    fields('k8s.pod.name', 'k8smeta.pod.name'),
  ];
  if (namespace === undefined || pod === undefined) return outcome;
  const at = Date.parse(outcome.observed_at ?? '') + SKEW;
  if (Number.isNaN(at)) return outcome;
  const exec = ['exec', 'attach', 'ephemeralcontainers']
    .map((subresource) => admitted.of(`Pod/${namespace}/${pod}`, at, subresource))
    .filter((each) => each !== undefined && at - each.at <= EXEC)
    .sort((a, b) => (b?.at ?? 0) - (a?.at ?? 0))[0];
  return {
    ...outcome,
    details: {
      ...outcome.details,
      admission: admissionOf(namespace, pod, fields, at, admitted),
      ...(exec === undefined
        ? {}
        : {
            request: {
              ...said(exec),
              subresource: exec.subresource,
              how: 'last request to this pod before it',
            },
          }),
    },
  };
}

function admissionOf(
  namespace: string,
  pod: string,
  fields: Fields,
  at: number,
  admitted: AdmittedObjects,
): Record<string, unknown> {
  for (const [how, ...keys] of candidates(pod, fields)) {
    const found = keys
      .map((key) => ({ key, admission: admitted.of(`${key[0]}/${namespace}/${key[1]}`, at) }))
      .filter(({ admission }) => admission !== undefined)
      .sort((a, b) => (b.admission?.at ?? 0) - (a.admission?.at ?? 0))[0];
    if (found?.admission !== undefined)
      return { ...said(found.admission), how, object: `${found.key[0]}/${namespace}/${found.key[1]}` };
  }
  return {
    how: 'no admission found',
    log_size: admitted.size,
    ...(admitted.forgotten === 0 ? {} : { forgotten: admitted.forgotten }),
  };
}

type Key = readonly [kind: string, name: string];

function candidates(pod: string, fields: Fields): [How, ...Key[]][] {
  const named: Key[] = [
    ['ReplicaSet', fields('k8smeta.rs.name', 'k8s.rs.name')],
    ['Deployment', fields('k8smeta.deployment.name', 'k8s.deployment.name')],
    ['ReplicationController', fields('k8smeta.rc.name', 'k8s.rc.name')],
  ].flatMap(([kind, name]): Key[] => (kind === undefined || name === undefined ? [] : [[kind, name]]));
  const deployment = OF_DEPLOYMENT.exec(pod)?.[1];
  const generated = GENERATED.exec(pod)?.[1];
  const numbered = NUMBERED.exec(pod)?.[1];
  const guessed: Key[] = [
    ...(generated === undefined
      ? []
      : (['ReplicaSet', 'DaemonSet', 'Job'] as const).map((kind): Key => [kind, generated])),
    ...(deployment === undefined ? [] : [['Deployment', deployment] as const]),
    ...(numbered === undefined ? [] : [['StatefulSet', numbered] as const]),
  ];
  return [
    ['pod of this name', ['Pod', pod]],
    ['owner that the event names', ...named],
    ['owner by the form of the name', ...guessed],
  ];
}

const said = ({ record_id, at, operation, verdicts }: Admitted) => ({
  record_id,
  at: formatInstant(at),
  operation,
  verdicts,
});

type Fields = (...names: string[]) => string | undefined;

/** Attacker-controlled in part: whoever runs a pod chose its name. */
function fieldsOf({ details }: Outcome): Fields {
  const fields = details?.fields;
  const known: Readonly<Record<string, unknown>> =
    typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
  return (...names) => {
    for (const name of names) {
      const value = Object.hasOwn(known, name) ? known[name] : undefined;
      if (typeof value === 'string' && value !== '' && value !== '<NA>') return value;
    }
    return undefined;
  };
}
