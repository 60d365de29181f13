import type { z } from 'zod';
import type { Answer } from './http.ts';
import type { Reported } from './types.ts';

/** An answer that fits its schema, or in words why it does not help. */
export function fitting<T>(
  answer: Answer,
  schema: z.ZodType<T>,
): { value: T } | { failed: string; status?: number } {
  if ('failed' in answer) return answer;
  const { status, body } = answer;
  if (status === 401 || status === 403) return { failed: `it refuses to say (HTTP ${status})`, status };
  if (status === 429) return { failed: 'it was asked too often (HTTP 429)', status };
  if (status >= 300) return { failed: `it answers HTTP ${status}`, status };
  const parsed = schema.safeParse(body);
  return parsed.success
    ? { value: parsed.data }
    : { failed: 'its answer has another form than its documentation says' };
}

/** Pages of a list that are read at most: more open reports than that, and one could be opened twice. */
const PAGES = 20;

/** The open report with a title, from lists of a hundred. */
export async function findReport(
  title: string,
  page: (number: number) => Promise<{ value: { title: string; url: string }[] } | { failed: string }>,
): Promise<Reported | undefined> {
  for (let number = 1; number <= PAGES; number += 1) {
    const found = await page(number);
    if ('failed' in found) return { failed: found.failed };
    const same = found.value.find((each) => each.title === title);
    if (same !== undefined) return { url: same.url, opened: false };
    if (found.value.length < 100) return undefined;
  }
  return { failed: `it holds more than ${PAGES * 100} open reports` };
}
