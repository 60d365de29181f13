import { helmLint } from './formats/general/helm-lint.ts';
import { checkovJson } from './formats/scanners/checkov-json.ts';
import type { Source } from './types.ts';

/** Every format: the particular ones stand before the general ones, since the first that takes a report reads it. */
export const SOURCES: readonly Source[] = [checkovJson, helmLint];
