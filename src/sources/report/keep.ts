import { canonicalize, ExhibitError, redact, redactText } from '../../record/index.ts';
import type { Report } from '../types.ts';

/** Longest report of which a copy without secrets is kept, in bytes. */
const MOST_KEPT = 8 * 1024 * 1024;

/**
 * A copy of a report without its secrets: JSON by members, anything else by what looks like a credential. Undefined for one that is too
 * long or cannot be read as text; the records then have its digest only.
 */
export async function withoutSecrets(report: Report, bytes: number): Promise<Uint8Array | undefined> {
  if (bytes > MOST_KEPT) return undefined;
  try {
    const text =
      report.shape === 'json' || report.shape === 'json-array'
        ? canonicalize(redact(await report.json()).value)
        : redactText(await report.text());
    return new TextEncoder().encode(text);
  } catch (cause) {
    if (cause instanceof ExhibitError) return undefined;
    throw cause;
  }
}
