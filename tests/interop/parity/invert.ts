import type { Bundle, RegoPolicy } from '../../../src/policy/index.ts';

/**
 * A bundle in which every rule says the opposite: what is in the population and not violated is violated, and the other way
 * round. The rule itself is kept beside it under another name. Only the sources are changed: it is for stock OPA.
 */
export function inverted(bundle: Bundle, policies: readonly RegoPolicy[]): Bundle {
  const files = new Map(bundle.files);
  for (const policy of policies) {
    const source = Buffer.from(files.get(policy.file) ?? '').toString('utf8');
    const line = `\npackage ${policy.package}\n`;
    const at = source.indexOf(line);
    if (at < 0) throw new Error(`${policy.file} has no line for its package`);
    files.set(policy.file, Buffer.from(`${source.slice(0, at)}${line}${opposite(policy)}`));
    const kept = `package ${policy.package}.original\n${source.slice(at + line.length)}`;
    files.set(policy.file.replace('policy.rego', 'original.rego'), Buffer.from(kept));
  }
  return { ...bundle, files };
}

const opposite = (policy: RegoPolicy): string => `
import data.${policy.package}.original

population := original.population

violations contains {"subject": s.id, "message": "the opposite"} if {
	some s in original.population
	not s.id in {v.subject | some v in original.violations}
}

unknowns contains unknown if some unknown in original.unknowns
`;
