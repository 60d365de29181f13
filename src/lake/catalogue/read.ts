import type { LogReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { controlsOf, readBridge } from '../bridge.ts';
import { logDays } from '../calendar.ts';
import { scanVersions } from '../history.ts';
import { findManifest, readVersions } from '../manifest.ts';
import type { PolicyVersion } from '../types.ts';

/** What the log names: every control of every control map, whenever it was in force, and the years that have records. */
export interface Named {
  frameworks: Record<string, string[]>;
  firstYear: number;
  lastYear: number;
  /** Maps that could not be read: controls that they name may be missing here. */
  problems: string[];
}

/** @throws ExhibitError LAKE_DAY_OPEN where the log has no record or names no control yet, and what the ledger throws */
export async function readNamed(reader: LogReader): Promise<Named> {
  const days = await logDays(reader);
  const [first, last] = [days[0], days.at(-1)];
  const versions = await allVersions(reader, days);
  const { rows, gaps } = await readBridge(reader, new Set(versions.map((one) => one.control_map_digest)));
  const frameworks: Record<string, string[]> = {};
  for (const { framework, control } of controlsOf(rows)) {
    frameworks[framework] ??= [];
    frameworks[framework].push(control);
  }
  if (first === undefined || last === undefined || Object.keys(frameworks).length === 0)
    throw new ExhibitError('LAKE_DAY_OPEN', 'the log names no control yet: there is nothing to catalogue', {
      hint: 'A policy record brings its control map; see `exhibit policy build` and docs/how-to/map-a-control.md.',
    });
  return {
    frameworks,
    firstYear: Number(first.slice(0, 4)),
    lastYear: Number(last.slice(0, 4)),
    problems: gaps.map(
      ({ message, control_map_digest: digest }) => `${digest ?? 'a control map'}: ${message}`,
    ),
  };
}

async function allVersions(reader: LogReader, days: readonly string[]): Promise<PolicyVersion[]> {
  const { size } = await reader.checkpoint();
  for (const day of [...days].reverse()) {
    const manifest = await findManifest(reader, day).catch(() => undefined);
    if (manifest === undefined) continue;
    const { policies_digest, to_index } = manifest.details;
    return [
      ...(await readVersions(reader, policies_digest)),
      ...(await scanVersions(reader, to_index, size)),
    ];
  }
  return scanVersions(reader, 0, size);
}
