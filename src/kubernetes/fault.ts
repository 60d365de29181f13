import { z } from 'zod';
import { ExhibitError, isExhibitError } from '../record/index.ts';
import { systemCode } from '../store/index.ts';

/** The Status of an API server. @see k8s.io/apimachinery/pkg/apis/meta/v1 Status */
const status = z.looseObject({
  kind: z.literal('Status'),
  code: z.number().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z.looseObject({ retryAfterSeconds: z.number().optional() }).nullish(),
});

export interface FaultDetails extends Record<string, unknown> {
  /** HTTP status; 0 where there was no answer. */
  status: number;
  /** Milliseconds that the server asks to wait. */
  retry_after?: number;
}

/** Longest wait that a server may ask for, in milliseconds. */
const MOST_WAIT = 5 * 60_000;
const MOST_WORDS = 300;

/**
 * An answer that is none of what was asked for.
 * @param what was asked for, such as `pods`
 * @param body attacker-controlled as far as the API server repeats what others wrote
 * @param retryAfter the header's text
 */
export function answerFault(
  what: string,
  code: number,
  body: unknown,
  retryAfter?: string,
  doing: 'read' | 'changed' = 'read',
): ExhibitError {
  const read = status.safeParse(body).data;
  const seconds = read?.details?.retryAfterSeconds ?? secondsOf(retryAfter);
  const details: FaultDetails = {
    status: read?.code ?? code,
    ...(seconds === undefined ? {} : { retry_after: Math.min(seconds * 1_000, MOST_WAIT) }),
  };
  const said = read?.message?.replaceAll(/\s+/g, ' ').slice(0, MOST_WORDS).toWellFormed();
  const words = `${details.status}${read?.reason === undefined ? '' : ` ${read.reason}`}${said === undefined ? '' : `: ${said}`}`;
  if (details.status === 401 || details.status === 403)
    return new ExhibitError('CLUSTER_DENIED', `the API server does not let ${what} be ${doing}: ${words}`, {
      details,
      hint:
        details.status === 401
          ? 'Its token or certificate does not hold (any more).'
          : doing === 'read'
            ? 'Grant list and watch of it, or leave it out.'
            : 'Grant patch of it.',
    });
  const not = doing === 'read' ? `does not give ${what}` : `does not change ${what}`;
  return new ExhibitError('CLUSTER_FAILED', `the API server ${not}: ${words}`, { details });
}

/** No answer, or a broken one. @param why ours or a code of the system: never what was sent */
export function connectionFault(what: string, why: string, cause?: unknown): ExhibitError {
  const details: FaultDetails = { status: 0 };
  return new ExhibitError('CLUSTER_FAILED', `${what} cannot be read from the API server: ${why}`, {
    details,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What broke while something was read, as one of ours; the caller's own wish to end it stays what it is. */
export function brokenOff(what: string, error: unknown): unknown {
  if (isExhibitError(error)) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  return connectionFault(what, systemCode(error) ?? 'the connection ended', error);
}

export function detailsOf(error: unknown): FaultDetails {
  if (!isExhibitError(error)) return { status: 0 };
  return { status: 0, ...error.details };
}

/** What was known is too old for the server: all must be listed again. */
export function isGone(error: unknown): boolean {
  return detailsOf(error).status === 410;
}

/** Seconds, or a date. @see RFC 9110 section 10.2.3 */
function secondsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) : undefined;
  return seconds;
}
