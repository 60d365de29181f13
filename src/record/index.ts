/** The record: its schema, its canonical bytes, its digests, and the one error class. Pure: runs in a browser. */
export { mostBytes } from './bound.ts';
export { canonicalize, type Json, MAX_DEPTH } from './canonical.ts';
export { ERROR_CODES, type ErrorCode, type ErrorKind } from './codes.ts';
export { csvField, csvQuoted } from './csv.ts';
export { type Digest, formatDigest, fromHex, isDigest, type Sha256, toHex } from './digest.ts';
export { didYouMean, distance } from './distance.ts';
export { type ErrorOptions, ExhibitError, formatLocation, isExhibitError, type Location } from './errors.ts';
export { GENERATED, GENERATED_ORIGIN, generatedWarning, isGenerated } from './generated.ts';
export { derivedId, type RandomBytes, uuidv7 } from './id.ts';
export { isPlainName, isSeen } from './name.ts';
export { fromPlain, type PlainError, toPlain } from './plain-error.ts';
export { checkEncodable, encodeRecord, parseDraft, parseRecord } from './record.ts';
export { REDACTED, type Redaction, type RedactOptions, redact } from './redact.ts';
export { isObject, type RedactReason } from './redact-marks.ts';
export {
  type ExactNumber,
  exactNumber,
  isExactNumber,
  isSameNumber,
  numberOf,
  restoreNumbers,
} from './redact-numbers.ts';
export { parseRedactPath, type RedactPath } from './redact-paths.ts';
export { redactText } from './redact-text.ts';
export {
  DISPOSITIONS,
  type Disposition,
  type EvidenceRecord,
  instant,
  LAYERS,
  type Layer,
  MAX_RECORD_BYTES,
  RECORD_TYPES,
  type RecordDraft,
  type RecordType,
  recordDraftSchema,
  recordSchema,
  SCHEMA,
  SEVERITIES,
  type Severity,
  VERDICTS,
  type Verdict,
} from './schema.ts';
export { shellWord } from './shell.ts';
export { isThisMachine } from './this-machine.ts';
export { type Clock, DAY_MILLISECONDS, dayOf, formatInstant, isInstant, readableInstant } from './time.ts';
export { visible } from './visible.ts';
export { plural } from './words.ts';
