import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import {
  findOpa,
  findPolicy,
  type OverrideScope,
  type Repository,
  readRepository,
  readRequest,
} from '../../policy/index.ts';
import { ExhibitError, formatInstant, type Layer, shellWord } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { makeFolder } from '../policy/folder.ts';
import { type CheckDocument, checkSchema } from '../report/schema.ts';
import { type Ask, asker, terminalOf } from '../terminal/ask.ts';
import { call } from '../terminal/call.ts';
import { sentence } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { measure, openFails, policyOf, proposeScope, proposeSunset, slug } from './propose.ts';

export interface RequestFlags {
  from?: string;
  policy?: string;
  id?: string;
  subject: string[];
  type: string[];
  environment: string[];
  repository: string[];
  layer: Layer[];
  file: string[];
  owner?: string;
  approver?: string;
  reason?: string;
  ticket?: string;
  sunset?: string;
  compensatingControl?: string;
}

/**
 * Writes an override file from flags, and from answers where somebody sits at a terminal. Nothing is written that would not
 * apply once it is approved.
 * @throws ExhibitError USAGE, OVERRIDE_INVALID with what is wrong, NOT_FOUND
 */
export async function request(folder: string, flags: RequestFlags, context: Context): Promise<ExitCode> {
  const root = resolve(context.cwd, folder);
  const report = flags.from === undefined ? undefined : await readReport(resolve(context.cwd, flags.from));
  const terminal = terminalOf(context);
  if (terminal === undefined) refuseMissing(flags, report);
  const repository = await readRepository(root, { opa: await findOpa(context.env), now: context.clock() });
  const ask = asker(terminal);
  try {
    const { value, file } = await compose(repository, report, flags, ask, context);
    const path = join(root, file);
    await makeFolder(join(root, 'overrides'));
    await writeFile(path, stringify(value, { lineWidth: 100 }), { flag: 'wx' }).catch((cause: unknown) => {
      throw new ExhibitError('USAGE', `${file} cannot be written: ${String(cause)}`, {
        cause,
        hint: 'Another request may have this id: give --id.',
      });
    });
    context.stdout.write(`${printable(file)}\n`);
    context.stderr.write(sentence(said(value, report, folder), context.stderr));
    return EXIT.ok;
  } finally {
    ask.close();
  }
}

interface Requested {
  id: string;
  policy: string;
  scope: OverrideScope;
  owner: string;
  approver?: string;
  reason: string;
  ticket: string;
  created: string;
  sunset: string;
  compensating_control?: string;
}

async function compose(
  repository: Repository,
  report: CheckDocument | undefined,
  flags: RequestFlags,
  ask: Ask,
  context: Context,
): Promise<{ value: Requested; file: string }> {
  const fails = report === undefined ? [] : openFails(report, flags.policy);
  const id = flags.policy ?? (report === undefined ? await ask.text('policy', '--policy') : policyOf(fails));
  const policy = findPolicy(repository.policies, id);
  const scope =
    scopeOf(flags) ??
    (report !== undefined && fails.length > 0 ? proposeScope(report, fails) : await askScope(ask));
  const now = context.clock();
  const proposed = proposeSunset(now, policy.severity, repository.config.longest_days);
  const ticket = flags.ticket ?? (await ask.text('ticket (URL)', '--ticket'));
  const value: Requested = {
    id: flags.id ?? slug(`${policy.id} ${ticket.replace(/^.*\/(?=[^/]+\/?$)/, '')}`),
    policy: policy.id,
    scope,
    owner: flags.owner ?? (await ask.text('owner', '--owner')),
    ...(flags.approver === undefined ? {} : { approver: flags.approver }),
    reason: flags.reason ?? (await ask.text('reason', '--reason')),
    ticket,
    created: formatInstant(now).slice(0, 10),
    sunset: flags.sunset ?? (await ask.or('sunset', proposed)),
    ...(flags.compensatingControl === undefined ? {} : { compensating_control: flags.compensatingControl }),
  };
  const file = `overrides/${slug(value.id)}.yaml`;
  refuse(value, file, repository, report, context);
  return { value, file };
}

/**
 * Where nobody can be asked, everything that is missing is said at once.
 * @throws ExhibitError USAGE
 */
function refuseMissing(flags: RequestFlags, report: CheckDocument | undefined): void {
  const fails = report === undefined ? [] : openFails(report, flags.policy);
  const policies = new Set(fails.map(({ policy_id }) => policy_id));
  const several = [...policies].sort().join(', ');
  const missing = [
    flags.policy !== undefined || (report !== undefined && policies.size <= 1)
      ? undefined
      : `--policy${policies.size > 1 ? ` (the report has fails of ${several})` : ''}`,
    scopeOf(flags) === undefined && report === undefined ? '--subject (or --from with a report)' : undefined,
    flags.owner === undefined ? '--owner' : undefined,
    flags.reason === undefined ? '--reason' : undefined,
    flags.ticket === undefined ? '--ticket' : undefined,
  ].filter((option) => option !== undefined);
  if (missing.length === 0) return;
  throw new ExhibitError(
    'USAGE',
    `${missing.length === 1 ? 'an option is' : 'options are'} missing: ${missing.join(', ')}`,
    {
      hint: 'Give them all, or run it at a terminal, which asks. exhibit override request --help has an example.',
    },
  );
}

function refuse(
  value: Requested,
  file: string,
  repository: Repository,
  report: CheckDocument | undefined,
  context: Context,
): void {
  const invalid = (why: string, hint?: string) =>
    new ExhibitError(
      'OVERRIDE_INVALID',
      `The request is not written: ${why}.`,
      hint === undefined ? {} : { hint },
    );
  const severities = new Map(repository.policies.map(({ id, severity }) => [id, severity]));
  const outcome = readRequest(value, severities, repository.config.longest_days);
  if (typeof outcome === 'string') throw invalid(outcome);
  if (Date.parse(outcome.sunset) < context.clock()) throw invalid(`its sunset ${value.sunset} is past`);
  const ids = [...repository.overrides, ...repository.rejected_overrides].map(({ id }) => id);
  if (ids.includes(value.id)) throw invalid(`the id ${value.id} is taken`, 'Give another one with --id.');
  if (slug(value.id) === '') throw invalid('its id has no letter a to z and no digit', 'Give one with --id.');
  if (repository.files.has(file)) throw invalid(`${file} is there already`, 'Give another id with --id.');
  if (report === undefined) return;
  const { fails } = measure(report, value.policy, value.scope);
  if (fails === 0)
    throw invalid(
      `its scope matches no fail of ${value.policy} in the report`,
      'Ids of subjects and names of files are those that `exhibit check -o json` prints.',
    );
}

function said(value: Requested, report: CheckDocument | undefined, folder: string): string {
  const approve = `exhibit override approve ${shellWord(value.id)}`;
  const next =
    value.approver === undefined
      ? `It does not apply before somebody else approves it: ${call(approve, folder, '--approver')} ...`
      : `Its approver is ${value.approver}; ${call(approve, folder)} says whether that is enough here.`;
  if (report === undefined) return next;
  const { fails, others } = measure(report, value.policy, value.scope);
  const wide = others === 0 ? '' : `, and ${others} that did not fail`;
  return `Its scope matches ${fails} fail${fails === 1 ? '' : 's'} of the report${wide}. ${next}`;
}

function scopeOf({
  subject,
  type,
  environment,
  repository,
  layer,
  file,
}: RequestFlags): OverrideScope | undefined {
  const given = {
    subjects: subject,
    types: type,
    environments: environment,
    repositories: repository,
    layers: layer,
    files: file,
  };
  const kept = Object.entries(given).filter(([, values]) => values.length > 0);
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as OverrideScope);
}

async function askScope(ask: Ask): Promise<OverrideScope> {
  const subjects = await ask.text('subjects (ids or globs, separated by spaces)', '--subject or --from');
  return { subjects: subjects.split(/\s+/).filter((each) => each !== '') };
}

async function readReport(file: string): Promise<CheckDocument> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ExhibitError('NOT_FOUND', `The report ${file} cannot be read.`, { cause, location: { file } });
  });
  try {
    return checkSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ExhibitError('USAGE', 'the file is not a report of `exhibit check -o json`', {
      cause,
      location: { file },
    });
  }
}
