import { NAMED_KINDS } from '../../src/server/admission/attested/defaults.ts';
import type { Condition, Named, Row } from '../../src/server/admission/attested/row.ts';

const code = (text: string): string => `\`${text}\``;
/** Braces outside of code would be read as a template by some viewers; a pipe ends a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const shown = (named: Named | undefined): string =>
  named === undefined
    ? 'nothing'
    : code(JSON.stringify(named, (_, value: unknown) => (value instanceof RegExp ? value.source : value)));

function condition(where: Condition | undefined): string {
  if (where === undefined) return '';
  const [word, values] = 'in' in where ? ['is', where.in] : ['is not', where.not];
  const named = values.map((one) => (one instanceof RegExp ? code(one.source) : shown(one))).join(' or ');
  return `, where ${code(where.at.replaceAll(/\$\d/g, '*'))} ${word} ${named}`;
}

function said(row: Row): string {
  if ('dropped' in row) return '`false`, `0` or empty, and left out';
  if ('quantity' in row) return 'another spelling of the same quantity';
  if ('given' in row) return 'added, with whatever the API server gives out';
  if ('like' in row)
    return `added, with the value of ${code(row.like.replaceAll(/\$\d/g, '*'))}${condition(row.where)}`;
  const value = row.is instanceof RegExp ? `a value that matches ${code(row.is.source)}` : shown(row.is);
  return `added: ${value}${'zero' in row ? ', also in the place of `0`' : ''}${condition(row.where)}`;
}

/** What stands alike in a pod and in every template of one is told once. */
const TEMPLATE = /\/spec\/(?:jobTemplate\/spec\/)?template(?=\/(?:spec|metadata)\/)/g;
const placed = (type: string, text: string): string =>
  type === 'v1 Pod' ? text.replaceAll(/(^|`)(?=\/spec\/)/g, '$1(pod)') : text.replaceAll(TEMPLATE, '(pod)');
const OTHER_LIST = /\/(?:initContainers|ephemeralContainers)\//;
const OTHER_PROBE = /\/(?:liveness|startup)Probe\/|\/postStart\//;

/** docs/reference/admitted-differences.md */
export function admittedPage(): string {
  const lines = new Map<string, Set<string>>();
  for (const [type, rows] of Object.entries(NAMED_KINDS))
    for (const row of rows) {
      if (OTHER_LIST.test(row.at) || OTHER_PROBE.test(row.at)) continue;
      const [at, told] = [row.at, said(row)].map((text) => placed(type, text));
      const line = `${code(at ?? '')} | ${cell(told ?? '')}`;
      lines.set(line, (lines.get(line) ?? new Set()).add(type.split(' ')[1] ?? type));
    }
  const all = Object.keys(NAMED_KINDS).length;
  const rows = [...lines].map(
    ([line, kinds]) => `| ${kinds.size === all ? 'every kind' : [...kinds].join(', ')} | ${line} |`,
  );
  return `# Differences that admission names

Generated from the table by which [admission compares](../how-to/require-a-pass.md) what is about to be admitted with what passed the gate. Whatever differs
and is not named here, or in the settings of the server, denies. Each row was seen in kube-apiserver 1.34, and a test asks a real one again whether
each row is needed and none is missing. \`*\` is any one part of a place, \`(pod)\` a pod or the template of one; what stands for
\`containers\` holds for \`initContainers\` and \`ephemeralContainers\`, for \`readinessProbe\` also for the other probes, for \`preStop\` also for \`postStart\`.

A kind that is not in this list has the rows of every kind alone: of a ConfigMap, a Role or a custom resource the API server fills in nothing that is named.
A \`null\` in a manifest says that nothing stands there, so that a default may. \`/metadata/name\` may be added where the manifest has
\`generateName\`, \`/metadata/namespace\` where it names none, and the annotation that carries the attestation always.

| of | place | what may be there |
|---|---|---|
${rows.join('\n')}

A quantity is known in each spelling with at most three digits behind the point, and as a number: \`1\`, \`1000m\`, \`1.0\`; not \`1e0\`.
`;
}
