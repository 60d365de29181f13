import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'policies', 'controls');

/** The policy ids that the starter library's map has for a tool: `gatekeeper/K8sHttpsOnly`. */
export function controlIds(tool: string): Set<string> {
  const { links } = parse(readFileSync(join(FOLDER, `${tool}.yaml`), 'utf8')) as {
    links: { policy_id?: string; policy_ids?: string[] }[];
  };
  return new Set(
    links.flatMap(({ policy_id, policy_ids = [] }) => (policy_id === undefined ? policy_ids : [policy_id])),
  );
}
