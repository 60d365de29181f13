import type { Files, Problem } from '../../types.ts';
import type { StackReading } from '../stack.ts';
import { ADMISSION_KINDS, isProblem, KYVERNO_KINDS, type Role, roleOf } from './kinds.ts';
import { type Manifest, readManifests, textAt } from './manifest.ts';
import { statementOf } from './statement.ts';

/** The objects of a policy file: the policy, and where it holds. */
export interface PolicyFile {
  policy: Manifest | undefined;
  role: Role | undefined;
  bindings: Manifest[];
  problems: Problem[];
}

export const kindsOf = (file: string): typeof KYVERNO_KINDS =>
  file.endsWith('/admission-policy.yaml') ? ADMISSION_KINDS : KYVERNO_KINDS;

/** Reads `kyverno.yaml` or `admission-policy.yaml`: one policy, and the bindings that belong to it. */
export function readPolicyFile(file: string, files: Files): PolicyFile {
  const { manifests, problems } = readManifests(files, file);
  const policies: { manifest: Manifest; role: Role }[] = [];
  const bindings: Manifest[] = [];
  for (const manifest of manifests) {
    const role = roleOf(manifest, kindsOf(file));
    if (isProblem(role)) problems.push(role);
    else if (role === 'binding') bindings.push(manifest);
    else policies.push({ manifest, role });
  }
  const [first, second] = policies;
  if (first === undefined && problems.length === 0)
    problems.push(wrong(`${file} holds no policy`, { file, line: 1 }));
  if (second !== undefined) {
    const hint = 'Each policy has a folder of its own, with its examples.';
    const message = `the file holds a second policy, ${second.manifest.kind} ${second.manifest.name}`;
    problems.push(wrong(message, second.manifest.locate(['kind']), hint));
  }
  if (first !== undefined) for (const binding of bindings) problems.push(...strays(binding, first.manifest));
  return { policy: first?.manifest, role: first?.role, bindings, problems };
}

/** As a stack gives it: what the policy says of itself, and what is wrong in its file. */
export function readPolicy(file: string, files: Files): StackReading {
  const { policy, problems } = readPolicyFile(file, files);
  if (policy === undefined) return { problems };
  const { statement, problems: more } = statementOf(policy, files, file);
  return { ...(statement === undefined ? {} : { statement }), problems: [...problems, ...more] };
}

/** A binding of another policy would give this folder's policy no effect, and that one two homes. */
function strays(binding: Manifest, policy: Manifest): Problem[] {
  const expected = `${policy.kind}Binding`;
  const path = ['spec', 'policyName'];
  if (binding.kind !== expected)
    return [
      wrong(`${binding.kind} ${binding.name} does not bind a ${policy.kind}`, binding.locate(['kind'])),
    ];
  const named = textAt(binding.value, path);
  if (named === policy.name) return [];
  return [wrong(`${binding.name} binds ${named ?? 'nothing'}, not ${policy.name}`, binding.locate(path))];
}

function wrong(message: string, location: Problem['location'], hint?: string): Problem {
  return { severity: 'error', rule: 'kind', message, location, ...(hint === undefined ? {} : { hint }) };
}
