import { conform, problemOf } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { envelopeIn, openEnvelope, type Signed, type Statement, statement } from './in-toto-envelope.ts';
import { claimsOf } from './in-toto-predicates.ts';

/**
 * Statements of in-toto, bare, in a DSSE envelope or in a bundle of Sigstore, one or many a file: test results, verification summaries
 * and provenance. The signature is not checked here, and each record says so.
 */
export const inToto: Source = {
  id: 'in-toto',
  title: 'in-toto attestations: test result, SLSA verification summary, SLSA provenance',
  tool: 'in-toto',
  layer: 'ci',
  population: 'varies',
  reference: 'https://github.com/in-toto/attestation: spec',

  detect({ first }: Sample) {
    if (typeof first !== 'object' || first === null) return undefined;
    const value = first as Record<string, unknown>;
    if (/^https:\/\/in-toto\.io\/Statement\//.test(String(value._type)))
      return 'it has a statement of in-toto';
    return /^application\/vnd\.in-toto/.test(String(envelopeIn(value)?.payloadType))
      ? 'it has an envelope of DSSE with a statement of in-toto'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    for await (const { value, error, line } of report.values()) {
      if (error !== undefined) {
        yield problemOf(error, line);
        continue;
      }
      const opened = openEnvelope(value);
      if ('type' in opened) yield { ...opened, line };
      else yield* conform(opened.statement, statement, (each) => items(each, opened.signed, line), line);
    }
    yield {
      type: 'run',
      note: 'signatures were not checked: exhibit attest verify, or the tool that made them, does so',
    };
  },
};

function* items(
  { subject, predicateType, predicate }: Statement,
  signed: Signed,
  line: number,
): Generator<Item> {
  const claims = claimsOf(predicateType, predicate);
  if (typeof claims === 'string') {
    yield { type: 'problem', message: claims, line, hint: 'Its claims were not recorded.' };
    return;
  }
  for (const { name, uri, digest } of subject)
    for (const { check, verdict, message, time, warned, details } of claims) {
      const id = digestOf(digest) ?? uri ?? name ?? 'unnamed';
      yield {
        type: 'outcome',
        check,
        subject: { type: 'artifact', id, name: name ?? uri ?? id },
        verdict,
        message,
        observed_at: time,
        ...(warned === true ? { disposition: 'warned' as const } : {}),
        details: {
          predicate_type: predicateType,
          signature: signed.signatures > 0 ? 'not checked' : 'none',
          ...(signed.keys.length === 0 ? {} : { keys: signed.keys }),
          ...details,
        },
      };
    }
}

/** `sha256:...`; another algorithm where that one is not given. */
function digestOf(digest: Record<string, string> | null | undefined): string | undefined {
  const [first] = Object.entries(digest ?? {}).sort(
    ([a], [b]) => Number(b === 'sha256') - Number(a === 'sha256'),
  );
  return first === undefined ? undefined : first.join(':');
}
