import { z } from 'zod';
import type { Reply } from './client.ts';

const WHO = "ValidatingAdmissionPolicy '([^']*)' with binding '[^']*'";
const status = z.looseObject({ message: z.string() });

/**
 * What became of a request: a line for each policy that spoke, `denied ID: message` or `warned ID: message`; none where all passed.
 * `refused` is an answer that no policy gave, such as that the object is not valid.
 */
export function outcomeOf({ status: code, body, warnings }: Reply): string[] {
  const warned = warnings.flatMap((text) => {
    const [, policy, message] = new RegExp(`^Validation failed for ${WHO}: (.*)$`, 's').exec(text) ?? [];
    return policy === undefined ? [] : [`warned ${policy}: ${message}`];
  });
  if (code < 300) return warned;
  const { message: said } = status.catch({ message: String(body) }).parse(body);
  const [, policy, message] = new RegExp(`${WHO} denied request: (.*)$`, 's').exec(said) ?? [];
  return [policy === undefined ? `refused ${code}: ${said}` : `denied ${policy}: ${message}`, ...warned];
}
