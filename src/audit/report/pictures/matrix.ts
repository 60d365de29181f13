import { daysOf } from '../../../lake/index.ts';
import type { LayerCell } from '../document/pictures.ts';
import type { DocumentBlock } from '../document/types.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { lastKnownDay } from './until.ts';

export const LAYERS = ['pre-commit', 'ci', 'admission', 'runtime', 'evidence'] as const;

const CLUSTER = new Set(['kubernetes']);
const LIVE = new Set(['kubernetes', 'aws-config', 'azure-resources', 'gcp-assets', 'cedar-request']);
const ASKED = new Set(['aws-config', 'azure-resources', 'gcp-assets', 'cedar-request']);

/** True where a policy could judge at a layer, by the kinds of input that it reads; none named: all of them. */
export function canJudge(inputs: readonly string[], layer: string): boolean {
  const some = (has: (kind: string) => boolean) => inputs.length === 0 || inputs.some(has);
  switch (layer) {
    case 'pre-commit':
    case 'ci':
      return some((kind) => !ASKED.has(kind));
    case 'admission':
      return some((kind) => CLUSTER.has(kind));
    case 'runtime':
      return some((kind) => LIVE.has(kind));
    default:
      // The records of the store themselves: no kind of input stands for them.
      return false;
  }
}

/** One control at one layer. What nobody declared is unknown where it was judged, and off where it was not. */
export function layerCell(control: ControlReport, layer: string, until: string): LayerCell {
  const here = control.layers.filter((each) => each.layer === layer);
  const sum = (key: 'decisions' | 'fail' | 'denied') => here.reduce((total, each) => total + each[key], 0);
  const last =
    here
      .map(({ last_day }) => last_day)
      .sort()
      .at(-1) ?? null;
  const policies = policiesAt(control, layer);
  return {
    state: stateOf(control, layer, policies, here.length > 0),
    policies,
    last,
    age: last === null ? null : daysOf({ from: last, to: until }).length - 1,
    decisions: sum('decisions'),
    failed: sum('fail'),
    denied: sum('denied'),
  };
}

/** Of all policies of a control, how many declare that they stop a fail at a layer, and how many that they only tell it. */
function policiesAt({ policies }: ControlReport, layer: string): LayerCell['policies'] {
  const modes = policies.flatMap((policy) => policy.modes[layer] ?? []);
  const enforce = modes.filter((mode) => mode === 'enforce').length;
  return { enforce, told: modes.length - enforce, of: policies.length };
}

function stateOf(
  { policies }: ControlReport,
  layer: string,
  { enforce, told, of }: LayerCell['policies'],
  judged: boolean,
): LayerCell['state'] {
  if (enforce > 0) return enforce === of ? 'enforce' : 'partly';
  if (told > 0) return 'audit';
  if (judged) return 'unknown';
  return policies.some(({ inputs }) => canJudge(inputs, layer)) ? 'off' : 'not_possible';
}

/** Controls that have a policy or were judged, by layer. */
export function matrixOf(report: AuditReport, controls: readonly ControlReport[]): DocumentBlock {
  const until = lastKnownDay(report);
  return {
    kind: 'picture',
    picture: {
      shape: 'matrix',
      layers: LAYERS,
      rows: controls.map((control) => ({
        name: control.id,
        title: control.title,
        cells: LAYERS.map((layer) => layerCell(control, layer, until)),
      })),
    },
  };
}

/** Layers at which a policy in force, be it one of many, declares that it stops a fail of a control. */
export function enforcedIn({ policies }: ControlReport): string[] {
  return LAYERS.filter((layer) => policies.some(({ modes }) => modes[layer] === 'enforce'));
}
