/** The append-only Merkle log in a folder: write-ahead log, sequencer, tiles, signed checkpoints. */
export { type Initialized, type InitOptions, initLedger } from './init.ts';
export { openLedger } from './ledger.ts';
export { OWN_EMITTER } from './own.ts';
export { openReader } from './reader.ts';
export { type OnStep, STEPS, type Step } from './steps.ts';
export type * from './types.ts';
