/** Looks at what is there, again and again, and judges it with the same bundle as everywhere. */

export * from './inventory/index.ts';
export { type Drift, driftOf } from './judge/drift.ts';
export * from './reports/index.ts';
export type { PassEnd } from './run/full-pass.ts';
export { Watcher } from './run/watcher.ts';
export type * from './types.ts';
