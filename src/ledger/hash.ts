import { nodeCrypto } from '../verify/node.ts';

/** SHA-256 of Node's own library. */
export const { sha256 } = nodeCrypto;
