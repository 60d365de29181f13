import { ExhibitError } from '../../../record/index.ts';

/** Makes one call of the API, and turns its error into ours. @throws ExhibitError QUERY_FAILED, QUERY_INVALID */
export async function api<T>(name: string, right: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    const { name: kind, message } =
      cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
    const code = kind === 'InvalidRequestException' ? 'QUERY_INVALID' : 'QUERY_FAILED';
    throw new ExhibitError(code, `${name}: ${kind}: ${message}`, {
      cause,
      ...(/AccessDenied|Unauthorized/.test(kind) ? { hint: `It wants the right ${right}.` } : {}),
    });
  }
}
