import { ExhibitError } from '../record/index.ts';

// Framework and control ids become parts of a path. They come from a control map, which an attacker may have written.
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Folders of the lake below that of the ledger. */
export const LAKE_FOLDERS = ['daily_counts', 'evidence', 'fact', 'manifests'] as const;

export interface ControlName {
  framework: string;
  control: string;
}

/** Splits `soc2/cc6.1`. Undefined for what cannot be a part of a key. */
export function splitControl(name: string): ControlName | undefined {
  const [framework, control, ...rest] = name.split('/');
  if (framework === undefined || control === undefined || rest.length > 0) return undefined;
  return NAME.test(framework) && NAME.test(control) ? { framework, control } : undefined;
}

/** @throws ExhibitError USAGE when a name given by the user cannot be a framework or control */
export function checkName(kind: 'framework' | 'control', name: string): string {
  if (NAME.test(name)) return name;
  throw new ExhibitError('USAGE', `${JSON.stringify(name)} is not the name of a ${kind}`, {
    hint: kind === 'framework' ? 'Such as soc2.' : 'Such as cc6.1, with framework soc2.',
  });
}

function partition(day: string): string {
  const [year, month, date] = day.split('-');
  return `year=${year}/month=${month}/day=${date}`;
}

/** Key of the fact file of a day: one row a record. */
export function factKey(day: string): string {
  return `fact/${partition(day)}/fact.parquet`;
}

/** Key of the daily counts of a day: one row for each kind of decision, with how many there were. */
export function dailyCountsKey(day: string): string {
  return `daily_counts/${partition(day)}/daily_counts.parquet`;
}

/** Key of one control's file of a day: one row per decision. */
export function evidenceKey({ framework, control }: ControlName, day: string): string {
  return `evidence/${framework}/${control}/${partition(day)}/evidence.parquet`;
}

/** Key of the derived copy of a manifest. */
export function manifestKey(day: string): string {
  return `manifests/${day}.json`;
}
