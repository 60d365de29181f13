/** Packs: what an auditor takes away, and its verification. Pure. */
export { CONTENTS, type Contents, listFiles, SUMS } from './contents.ts';
export { answerDigest, blobPath, type PackOptions, type VerifiedPack, verifyPack } from './verify.ts';
export { formatZip, type PackFile, readZip } from './zip.ts';
