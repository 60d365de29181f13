import { LAYERS, type Layer } from '../record/index.ts';
import { controlLinks, inEffect } from './control-map.ts';
import { isControlPlanePolicy } from './styles.ts';
import type {
  Bundle,
  ControlMapEntry,
  Framework,
  FrameworkControl,
  Mode,
  Policy,
  Strength,
} from './types.ts';

/** What coverage is counted from: a repository and a bundle both have it. */
export type CoverageSource = Pick<Bundle, 'policies' | 'frameworks' | 'control_map'>;

/** A policy of the repository that supports a control. */
export interface PolicyLink {
  policy_id: string;
  strength: Strength;
  rationale: string;
  layers: Partial<Record<Layer, Mode>>;
  /** A guardrail of a cloud: the cloud judges with it where it was exported to; Exhibit does not. */
  guardrail: boolean;
}

/** A check of another tool that supports a control. Whether it ever runs is not known here. */
export interface CheckLink {
  tool: string;
  policy_id: string;
  strength: Strength;
  rationale: string;
}

export interface ControlCoverage {
  /** `framework/control`. */
  control: string;
  title: string;
  /** As counted: automated when a link is in effect on the day; else what the framework says, but never automated. */
  coverage: FrameworkControl['coverage'];
  /** What the framework file says of it. */
  stated: FrameworkControl['coverage'];
  /** The strongest link that is in effect; undefined: none. */
  strength: Strength | undefined;
  policies: PolicyLink[];
  checks: CheckLink[];
  /** Links whose days do not include this one. */
  not_in_effect: number;
}

/** What policies do about controls at one layer: each control once, under the strictest mode that any of its policies has there. */
export interface LayerCoverage {
  layer: Layer;
  enforce: string[];
  warn: string[];
  observe: string[];
}

export interface FrameworkCoverage {
  framework: string;
  title: string;
  version: string;
  /** The denominator: controls that the framework file lists. */
  total: number;
  automated: number;
  manual: number;
  not_mapped: number;
  /** Of the automated ones, by their strongest link. */
  by_strength: Record<Strength, number>;
  /** Automated by another tool's checks alone: no policy of this repository speaks of them. */
  only_by_checks: string[];
  /** Automated by guardrails of a cloud, with or without checks of other tools: no policy that Exhibit judges speaks of them. */
  only_by_guardrails: string[];
  layers: LayerCoverage[];
  controls: ControlCoverage[];
}

const ORDER: readonly Strength[] = ['full', 'partial', 'supporting'];
const MODES: readonly Mode[] = ['enforce', 'warn', 'observe'];

/**
 * How far policies and foreign checks give evidence for each framework. Counts, no shares: nothing is rounded.
 * @param day YYYY-MM-DD, UTC: links that are not in effect on it do not count
 */
export function frameworkCoverage(from: CoverageSource, day: string): FrameworkCoverage[] {
  const links = Map.groupBy(controlLinks(from.control_map), ({ control }) => control);
  const policies = new Map(from.policies.map((policy) => [policy.id, policy]));
  return from.frameworks.map((framework) => {
    const controls = framework.controls.map((control) =>
      coverControl(framework, control, links.get(`${framework.id}/${control.id}`) ?? [], policies, day),
    );
    const count = (coverage: FrameworkControl['coverage']) =>
      controls.filter((control) => control.coverage === coverage).length;
    const strongest = (strength: Strength) =>
      controls.filter((control) => control.strength === strength).length;
    return {
      framework: framework.id,
      title: framework.title,
      version: framework.version,
      total: controls.length,
      automated: count('automated'),
      manual: count('manual'),
      not_mapped: count('not_mapped'),
      by_strength: {
        full: strongest('full'),
        partial: strongest('partial'),
        supporting: strongest('supporting'),
      },
      only_by_checks: controls
        .filter(({ policies: own, checks }) => own.length === 0 && checks.length > 0)
        .map(({ control }) => control),
      only_by_guardrails: controls
        .filter(({ policies: own }) => own.length > 0 && own.every(({ guardrail }) => guardrail))
        .map(({ control }) => control),
      layers: LAYERS.map((layer) => coverLayer(layer, controls)),
      controls,
    };
  });
}

function coverControl(
  framework: Framework,
  { id, title, coverage: stated }: FrameworkControl,
  links: readonly ControlMapEntry[],
  policies: ReadonlyMap<string, Policy>,
  day: string,
): ControlCoverage {
  // A link to a policy that is not there is no evidence; lint names it.
  const real = links.filter(({ policy_id }) => policies.has(policy_id) || policy_id.includes('/'));
  const now = real.filter((link) => inEffect(link, day));
  const rest = stated === 'manual' ? 'manual' : 'not_mapped';
  return {
    control: `${framework.id}/${id}`,
    title,
    coverage: now.length > 0 ? 'automated' : rest,
    stated,
    strength: ORDER.find((strength) => now.some((link) => link.strength === strength)),
    policies: now.flatMap(({ policy_id, strength, rationale }) => {
      const policy = policies.get(policy_id);
      if (policy === undefined) return [];
      const guardrail = isControlPlanePolicy(policy);
      return [{ policy_id, strength, rationale, layers: policy.layers, guardrail }];
    }),
    checks: now
      .filter(({ policy_id }) => !policies.has(policy_id))
      .map(({ policy_id, strength, rationale }) => {
        return { tool: policy_id.slice(0, policy_id.indexOf('/')), policy_id, strength, rationale };
      }),
    not_in_effect: real.length - now.length,
  };
}

function coverLayer(layer: Layer, controls: readonly ControlCoverage[]): LayerCoverage {
  const strictest = (control: ControlCoverage) =>
    MODES.find((mode) => control.policies.some(({ layers }) => layers[layer] === mode));
  const under = (mode: Mode) =>
    controls.filter((control) => strictest(control) === mode).map(({ control }) => control);
  return { layer, enforce: under('enforce'), warn: under('warn'), observe: under('observe') };
}
