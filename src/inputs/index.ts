/** What is judged: files and their documents, with positions. A format is a file in formats/ and a line in formats.ts. */
export { type CedarReference, cedarReference, formatCedarReference } from './cedar-reference.ts';
export { FORMATS, isJudgedName } from './formats.ts';
export { parseJson } from './json.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export { parseInput } from './parse.ts';
export { countInputs, readInputs } from './read.ts';
export { findRenderer, HELM, KUSTOMIZE, type Renderer } from './render/index.ts';
export type * from './types.ts';
