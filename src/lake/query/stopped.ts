import { ExhibitError } from '../../record/index.ts';

/** The error of a question that was stopped by its limit of time. */
export function tookTooLong(name: string, timeout: number, cause?: unknown): ExhibitError {
  return new ExhibitError('QUERY_FAILED', `${name} took longer than ${timeout} ms and was stopped`, {
    cause,
    hint: 'Ask for a shorter period or one control, or raise the time limit.',
  });
}

/** The error of a question whose process took too much. */
export function tooMuchMemory(memory: number): ExhibitError {
  return new ExhibitError('QUERY_FAILED', `sql took more than ${memory} bytes of memory and was stopped`, {
    hint: 'Ask for shorter values, a shorter period or one control.',
  });
}

/** The error of a question whose process ended by itself. */
export function diedOf(why: string, errors: string): ExhibitError {
  const last = errors.trim().split('\n').at(-1) ?? '';
  return new ExhibitError(
    'QUERY_FAILED',
    `the process of the query ended: ${why}${last === '' ? '' : `, ${last}`}`,
  );
}
