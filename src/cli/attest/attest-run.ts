import { existsSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Judged } from '../../engine/index.ts';
import type { InputDocument } from '../../inputs/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { ExhibitError, formatDigest, isExhibitError, plural, uuidv7 } from '../../record/index.ts';
import { type AttestForm, EXTENSION, readEnvelope } from '../../verify/index.ts';
import { nodeAttestCrypto } from '../../verify/node.ts';
import type { BundleState } from '../check/bundle-state.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { attribution, gitIn } from '../evidence/attribution.ts';
import type { RecordedAttestation } from '../evidence/record-run.ts';
import { EXIT } from '../exit.ts';
import { refuseFiles, writeReport } from '../output/report-file.ts';
import type { CheckReport } from '../report/report.ts';
import { sentence } from '../terminal/table.ts';
import { formatAttestation, signStatement } from './envelope.ts';
import { loadSigningKey, type SigningKey } from './signing-key.ts';
import { refused, summaryStatement } from './statement.ts';

/** What the user asked for, checked before anything is judged. */
export interface AttestRequest {
  /** As the user named it. */
  file: string;
  form: AttestForm;
  key: SigningKey;
  days: number;
}

/** Days that a summary holds where nobody says otherwise. */
const DAYS = 7;

const FORMS: readonly { ending: string; form: AttestForm }[] = [
  { ending: '.intoto.jsonl', form: 'dsse' },
  { ending: '.sigstore.json', form: 'sigstore' },
];

interface Flags {
  attest?: string;
  attestKey?: string;
  attestDays?: number;
  effectiveTime?: string;
}

/**
 * Reads the flags of `check` that ask for an attestation. What could never be attested is refused here. An attestation of an
 * earlier run that lies in the file is taken away: it must not be mistaken for one of this run.
 * @throws ExhibitError USAGE, NOT_FOUND, CONFIG_INVALID
 */
export function attestRequest(flags: Flags, config: Config, context: Context): AttestRequest {
  const { attest: file, attestKey, attestDays } = flags;
  if (file === undefined) throw usage('--attest is missing: the file for the attestation');
  if (attestKey === undefined)
    throw usage('--attest-key is missing: an attestation is signed', 'Make a key: exhibit attest keygen');
  const form = FORMS.find(({ ending }) => file.endsWith(ending))?.form;
  if (form === undefined)
    throw usage(
      `--attest ${file} does not end in ${FORMS.map(({ ending }) => ending).join(' or ')}`,
      'The ending says the form: an envelope on one line, or a bundle of sigstore.',
    );
  if ((config.layer?.value ?? 'ci') !== 'ci')
    throw usage(
      'only a run at the layer ci is attested: a hook sees changed files, on a machine of one person',
    );
  if (flags.effectiveTime !== undefined && flags.effectiveTime !== 'now')
    throw usage('a simulation (--effective-time) is never attested');
  if (config.fail_on?.value === 'none')
    throw usage('a gate that blocks nothing (--fail-on none) is advisory, and is never attested');
  const days = attestDays ?? DAYS;
  if (!Number.isInteger(days)) throw usage('--attest-days takes a whole number of days');
  const key = loadSigningKey(attestKey, context);
  refuseFiles([file], context.cwd);
  clear(resolve(context.cwd, file), file);
  return { file, form, key, days };
}

function clear(path: string, named: string): void {
  if (!existsSync(path)) return;
  try {
    readEnvelope(readFileSync(path));
  } catch {
    throw usage(`${named} is there, and is no attestation; it stays`, 'Name another file.');
  }
  rmSync(path);
}

interface Run {
  judged: Judged;
  documents: readonly InputDocument[];
  bundle: Bundle;
  report: CheckReport;
  states: readonly BundleState[];
  repository: string | undefined;
}

/**
 * Signs a summary of the run, where it passed completely. A run that passed and cannot be attested ends with exit code 3: the
 * caller asked for both.
 * @param run its report's exit code and reason are changed where it cannot be attested
 * @returns what is recorded, and what writes the file
 */
export function attestRun(
  request: AttestRequest,
  run: Run,
  context: Context,
): RecordedAttestation & { write(): void } {
  const run_id = uuidv7(context.clock(), context.random);
  try {
    return signed(request, run, run_id, context);
  } catch (error) {
    if (!isExhibitError(error, 'ATTESTATION_REFUSED')) throw error;
    const { report } = run;
    if (report.exit_code === EXIT.ok) {
      report.exit_code = EXIT.incomplete;
      report.reason = `${report.reason}, but ${error.message}`;
    }
    const write = () => context.stderr.write(sentence(error.message, context.stderr));
    return { run_id, signed: undefined, write };
  }
}

function signed(request: AttestRequest, run: Run, run_id: string, context: Context) {
  const { report, states, judged, bundle } = run;
  const [state] = states;
  if (report.exit_code !== EXIT.ok) throw refused(`the run did not pass (${report.reason})`);
  if (state !== undefined) throw refused(`the bundle that was named was not used: ${state.message}`);
  // Each of these is refused earlier, or is no pass. Whoever changes that must not sign by it.
  if (report.effective_time !== null || report.fail_on === 'none' || report.layer !== 'ci')
    throw refused('it is a simulation, or advisory');
  if (report.advisory !== undefined) throw refused('the gate is advisory');
  const { baseline, changed_since } = report.known ?? {};
  if ((baseline?.found ?? 0) + (changed_since?.unchanged ?? 0) > 0)
    throw refused(
      'violations that were there before do not block this run',
      'Judge without a baseline, or waive them by overrides.',
    );
  if (judged.problems.length > 0 || report.summary.subjects === 0) throw refused('it is not complete');
  const { person: _person, repository, ...change } = attribution(context.env, gitIn(context.cwd));
  const now = context.clock();
  const statement = summaryStatement(nodeAttestCrypto.sha256, {
    judged,
    bundle,
    run_id,
    now,
    documents: run.documents,
    layer: report.layer,
    failOn: report.fail_on,
    counts: { ...report.summary },
    days: request.days,
    repository: run.repository,
    change: { ...change, ...(repository === undefined ? {} : { repository }) },
  });
  const envelope = signStatement(statement, request.key, now);
  const dsse = formatAttestation(envelope, 'dsse', request.key);
  const bytes = request.form === 'dsse' ? dsse : formatAttestation(envelope, request.form, request.key);
  const { expires, not_attested, overrides } = statement.predicate[EXTENSION];
  const subjects = statement.subject.length;
  return {
    run_id,
    signed: {
      digest: formatDigest(nodeAttestCrypto.sha256(dsse)),
      envelope: dsse,
      message: `verification summary PASSED of ${plural(subjects, 'subject')}, until ${expires}`,
      details: {
        predicate_type: statement.predicateType,
        key: request.key.public.id,
        expires,
        subjects,
        not_attested: not_attested.length,
        overrides: overrides.map(({ id }) => id),
      },
    },
    write() {
      writeReport(resolve(context.cwd, request.file), bytes.toString('utf8'));
      const rest = not_attested.length === 0 ? '' : `; ${not_attested.length} not attested, listed in it`;
      context.stderr.write(
        sentence(
          `attested ${plural(subjects, 'subject')} in ${request.file}, until ${expires}${rest}`,
          context.stderr,
        ),
      );
    },
  };
}

function usage(message: string, hint?: string): ExhibitError {
  return new ExhibitError('USAGE', message, hint === undefined ? {} : { hint });
}
