import type { InputDocument } from '../../inputs/index.ts';
import type { Bundle, StackPolicy } from '../../policy/index.ts';
import type { Judgement } from '../types.ts';

/** Judges one document with one policy; what it throws is that policy's error. */
export type StackJudge = (policy: StackPolicy, document: InputDocument) => Judgement[];

/** Makes the judge of a bundle's policies of one style. Called when the first of them judges: loading an engine takes time. */
export type StackEngine = (bundle: Pick<Bundle, 'files'>) => StackJudge;
