/** Witnesses of a ledger: asking them, and keeping what they co-signed. */
export { type AskOptions, askWitnesses, WITNESS_TIMEOUT } from './round.ts';
export { MOST_WITNESSES, makeWitnesses } from './setting.ts';
export { acknowledgeAlarm, type Known, readKnown } from './state.ts';
export type { Alarm, NewAlarm, Outcome, Round, WitnessSetting, WitnessStatus } from './types.ts';
