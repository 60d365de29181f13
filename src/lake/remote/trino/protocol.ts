import { z } from 'zod';

/** What a server answers to a statement and to each page after it. https://trino.io/docs/476/develop/client-protocol.html */
export const pageSchema = z.object({
  id: z.string(),
  nextUri: z.string().optional(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
  data: z.array(z.array(z.json())).optional(),
  stats: z.object({ physicalInputBytes: z.number().optional() }).optional(),
  error: z
    .object({
      message: z.string().default('no message'),
      errorName: z.string().default(''),
      errorType: z.string().default(''),
      errorLocation: z.object({ lineNumber: z.int(), columnNumber: z.int() }).optional(),
    })
    .optional(),
});

export type Page = z.infer<typeof pageSchema>;

/** Whole numbers that JSON.parse would round become text. */
export function parseExact(text: string): unknown {
  return JSON.parse(
    text,
    function revive(this: unknown, _key, value: unknown, context?: { source?: string }) {
      if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
      const source = context?.source ?? '';
      return /^-?[0-9]+$/.test(source) ? source : value;
    },
  );
}
