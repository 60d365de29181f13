/** A witness: it co-signs the checkpoints of logs as long as each goes on from the one before. For an auditor to run. */
export { type InitWitness, initWitness, readWitness, type WitnessFolder } from './folder.ts';
export { makeCosigner, type WitnessSigner } from './keys.ts';
export { type RunningWitness, startWitness, type WitnessLimits, type WitnessLog } from './serve.ts';
export { type KnownLog, openState, type Suspect, type WitnessState } from './state.ts';
export { type Answer, type OnWitnessStep, WITNESS_STEPS, Witness, type WitnessStep } from './witness.ts';
