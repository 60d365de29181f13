import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { type DrawMethod, partsOf, type SizeTable, type STRATA, sizeTableSchema } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';

export interface MethodFlags {
  size?: string;
  confidence?: string;
  tolerable?: string;
  table?: string;
  census: string;
  strata?: (typeof STRATA)[number];
}

/** How much is drawn, by the flags. @throws ExhibitError USAGE, NOT_FOUND, CONFIG_INVALID */
export async function methodOf(flags: MethodFlags, context: Context): Promise<DrawMethod> {
  const { size, confidence, tolerable, table, strata } = flags;
  const ways = [size !== undefined, table !== undefined, confidence !== undefined || tolerable !== undefined];
  if (ways.filter(Boolean).length > 1)
    throw new ExhibitError('USAGE', 'either --size, or --table, or --confidence and --tolerable');
  return {
    census: whole('--census', flags.census, 0),
    size:
      size !== undefined
        ? { by: 'number', size: whole('--size', size, 1) }
        : table !== undefined
          ? { by: 'table', table: await tableOf(table, context) }
          : {
              by: 'zero deviations',
              confidence_ppm: partsOf('--confidence', confidence ?? '95'),
              tolerable_ppm: partsOf('--tolerable', tolerable ?? '5'),
            },
    ...(strata === undefined ? {} : { strata }),
  };
}

export function whole(flag: string, text: string, least: number): number {
  const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least) return number;
  throw new ExhibitError('USAGE', `${flag} ${text} is no whole number from ${least} on`);
}

const MOST_BYTES = 1_000_000;

async function tableOf(file: string, { cwd }: Context): Promise<SizeTable> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new ExhibitError('NOT_FOUND', `${file} cannot be read`, { cause });
  });
  let value: unknown;
  try {
    if (text.length > MOST_BYTES) throw new RangeError('the file is too long');
    value = parse(text);
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', 'it is not YAML', { cause, location: { file } });
  }
  const read = sizeTableSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ExhibitError('CONFIG_INVALID', `${issue?.path.join('.')}: ${issue?.message}`, {
    location: { file },
    hint: 'A table has a source, in words, and rows with up_to and size; the last row has a size only.',
  });
}
