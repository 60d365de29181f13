import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import {
  type Applicability,
  applicabilitySchema,
  type DriftReport,
  type Readers,
  type Scope,
} from '../../audit/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { type Finding, isOpen, respondSettings } from '../../respond/index.ts';
import { callersOf, driftReport, readSettings } from '../../server/index.ts';
import type { Context } from '../context.ts';
import { findingsOf } from '../findings/load.ts';

/** What was found, how it was answered, and what of it is open now. Reads the whole log. @param policies ids of those of the framework */
export async function driftOf(
  reader: LedgerReader,
  scope: Scope,
  policies: ReadonlySet<string>,
  { config, context }: { config: string | undefined; context: Context },
): Promise<{ drift: DriftReport; open: Finding[] }> {
  const settings = respondSettings(config, context);
  const found = await findingsOf(reader, settings, context);
  const own = found.findings.filter((finding) => finding.policies.some((id) => policies.has(id)));
  return {
    drift: driftReport(found, scope, policies, { now: found.now, config: settings.config }),
    open: own.filter(({ state }) => isOpen(state)),
  };
}

/** @throws ExhibitError NOT_FOUND, CONFIG_INVALID */
export function readApplicability(
  file: string,
  framework: string,
  { cwd }: Pick<Context, 'cwd'>,
): Applicability {
  const { bytes, digest, location } = readInput(file, cwd);
  const parsed = applicabilitySchema.safeParse(yaml(bytes, location));
  if (!parsed.success || parsed.data.framework !== framework) {
    const why = parsed.success
      ? `it is about ${parsed.data.framework}, not ${framework}`
      : (parsed.error.issues[0]?.message ?? 'is wrong');
    throw new ExhibitError(
      'CONFIG_INVALID',
      `${parsed.error?.issues[0]?.path.join('.') ?? 'framework'}: ${why}`,
      {
        location,
        hint: 'framework: ID, and controls: a list of id, applicable (true or false) and a reason of 20 characters or more.',
      },
    );
  }
  return { ...parsed.data, digest };
}

/** Names and roles, as a server is configured; no secret is taken from its settings. @throws ExhibitError CONFIG_INVALID */
export function readReaders(file: string, { cwd, env }: Pick<Context, 'cwd' | 'env'>): Readers {
  const { digest, location } = readInput(file, cwd);
  return { digest, callers: callersOf(readSettings(location.file, env).settings) };
}

function readInput(file: string, cwd: string) {
  const location = { file: resolve(cwd, file) };
  try {
    const bytes = readFileSync(location.file);
    return { bytes, location, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `${file} cannot be read`, { cause, location });
  }
}

function yaml(bytes: Buffer, location: { file: string }): unknown {
  try {
    return parse(bytes.toString());
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', 'it is no YAML', { cause, location });
  }
}
