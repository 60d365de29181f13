import { z } from 'zod';
import { MOST_WITNESSES, makeWitnesses, type WitnessSetting } from '../ledger/index.ts';
import { isExhibitError, type Location } from '../record/index.ts';

const text = z.string().min(1);

/** Who co-signs the checkpoints of the server's own ledger. */
export const witnessesSchema = z.strictObject({
  witnesses: z
    .array(
      z.strictObject({
        url: z.url().describe('submission prefix of c2sp.org/tlog-witness'),
        keys: z.array(text).min(1).describe('its public keys, as `exhibit witness show` prints them'),
      }),
    )
    .max(MOST_WITNESSES)
    .default([])
    .describe('are shown each new checkpoint; what they co-sign is kept beside the log'),
  witness_seconds: z
    .number()
    .positive()
    .default(10)
    .describe('from one look for a new checkpoint that they have not co-signed to the next'),
  witness_timeout_seconds: z.number().positive().default(10).describe('for each answer of a witness'),
});

export type WitnessesSetting = z.infer<typeof witnessesSchema>;

/** @throws ExhibitError CONFIG_INVALID, LEDGER_KEY */
export function witnessesOf({ witnesses }: WitnessesSetting): WitnessSetting[] {
  return makeWitnesses(witnesses.flatMap(({ url, keys }) => keys.map((vkey) => ({ url, vkey }))));
}

/** What is wrong with the witnesses in the settings, and where; undefined where nothing is. */
export function faultOfWitnesses(
  setting: WitnessesSetting,
  elsewhere: boolean,
  placeOf: (path: readonly PropertyKey[]) => Location,
): { message: string; location: Location } | undefined {
  if (setting.witnesses.length === 0) return undefined;
  const location = placeOf(['ledger', 'witnesses']);
  if (elsewhere)
    return { message: 'ledger.witnesses: the ledger is that of another server, which has its own', location };
  try {
    witnessesOf(setting);
    return undefined;
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return { message: `ledger.witnesses: ${error.message}`, location };
  }
}
