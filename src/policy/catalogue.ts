import { ExhibitError, type Layer, type Severity } from '../record/index.ts';
import { controlLinks } from './control-map.ts';
import type { Bundle, ControlLink, Mode, Override, Policy } from './types.ts';

/** What a repository and a bundle have in common: enough to list, show and count. */
export type Catalogue = Pick<
  Bundle,
  'policies' | 'frameworks' | 'control_map' | 'overrides' | 'rejected_overrides' | 'files'
>;

export interface PolicyRow {
  id: string;
  title: string;
  severity: Severity;
  owner: string;
  style: Policy['style'];
  controls: string[];
  layers: Partial<Record<Layer, Mode>>;
  overrides: number;
}

/** One row a policy, sorted by id. */
export function listPolicies(from: Catalogue): PolicyRow[] {
  const links = Map.groupBy(controlLinks(from.control_map), ({ policy_id }) => policy_id);
  return from.policies.map(({ id, title, severity, owner, style, layers }) => ({
    id,
    title,
    severity,
    owner,
    style,
    layers,
    controls: (links.get(id) ?? []).map(({ control }) => control),
    overrides: from.overrides.filter((override) => override.policy === id).length,
  }));
}

export interface PolicyPage {
  policy: Policy;
  /** Links with the title of the control; undefined where the framework is not there. */
  controls: (ControlLink & { title: string | undefined })[];
  overrides: Override[];
  /** The rule text that is in force. */
  text: string;
}

/** Everything about one policy. @throws ExhibitError NOT_FOUND, with ids that are near */
export function showPolicy(from: Catalogue, id: string): PolicyPage {
  const policy = from.policies.find((one) => one.id === id);
  if (policy === undefined) {
    const near = from.policies
      .map((one) => one.id)
      .filter((one) => one.split('-').some((word) => id.includes(word)));
    throw new ExhibitError('NOT_FOUND', `There is no policy ${id}.`, {
      hint:
        near.length > 0 ? `Near: ${near.slice(0, 5).join(', ')}.` : 'List them with `exhibit policy list`.',
    });
  }
  const titles = new Map(
    from.frameworks.flatMap((one) => one.controls.map((c) => [`${one.id}/${c.id}`, c.title])),
  );
  const links = controlLinks(from.control_map).filter((entry) => entry.policy_id === id);
  return {
    policy,
    controls: links.map(({ policy_id: _, ...link }) => ({ ...link, title: titles.get(link.control) })),
    overrides: from.overrides.filter((override) => override.policy === id),
    text: Buffer.from(from.files.get(policy.file) ?? '').toString('utf8'),
  };
}
