/**
 * What a record takes, measured on real ledgers with the layout of this version (docs/how-to/estimate-cost.md says how). Bytes.
 * A test closes a day and holds them against it.
 */
export const MEASURED = {
  /** In the log, tiles and all: that of the demo with the starter library. A short decision of a gate takes 880. */
  log_record: 1_400,
  /** In the fact file of its day. */
  fact_record: 38,
  /** A row of a control's file. */
  evidence_row: 84,
  /** A control's file of a day by itself. */
  evidence_file: 10_000,
  /** Daily counts, manifest and its lists, for each control and day. */
  manifest_control: 600,
} as const;

/** Records in an entry bundle, and hashes in a tile: each is an object. */
export const TILE = 256;
/** Objects that a copy at night writes however little is new: partial tiles of the levels, the checkpoint, the lists of the manifest and its copy. */
export const NIGHTLY = 8;
/** Files of a day beside those of the controls: facts and daily counts. */
export const SHARED_FILES = 2;
