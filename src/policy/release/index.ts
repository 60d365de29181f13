/** How the commit of a bundle came about: who wrote, reviewed, merged and tagged it, and what of that is proven. */
export { commitFacts, type RawCommit } from './commit.ts';
export { type ReleaseOptions, readRelease } from './read.ts';
export { understood } from './signature.ts';
export { trustOf } from './trust.ts';
export {
  type Release,
  type ReleaseConfig,
  type Reviewer,
  releaseSchema,
  type SignedTag,
  type Trust,
} from './types.ts';
