/**
 * Families of errors. `usage`: the caller must change a flag, a file or a configuration (exit 2).
 * `incomplete`: the question could not be answered completely (exit 3). `denied`: not allowed (exit 4).
 * `tampered`: evidence or a bundle does not verify (exit 3; nothing of it is used).
 * `fatal`: the writer of a ledger must stop (exit 3).
 */
export type ErrorKind = 'usage' | 'incomplete' | 'denied' | 'tampered' | 'fatal';

interface Code {
  readonly kind: ErrorKind;
  /** What it means and what to do, for docs/reference/errors.md. */
  readonly doc: string;
}

const code = <K extends ErrorKind>(kind: K, doc: string) => ({ kind, doc }) as const satisfies Code;

/** Every error code there is. A code is never renamed or reused. */
export const ERROR_CODES = {
  // Command line and configuration
  USAGE: code('usage', 'The command line is wrong. The message names the flag and the values that it takes.'),
  CONFIG_INVALID: code(
    'usage',
    'A configuration file does not fit its schema. The location names the value.',
  ),
  NOT_FOUND: code('usage', 'A named thing (file, policy, query, record) does not exist.'),
  INTERNAL: code('incomplete', 'A defect in Exhibit itself. Please report it with the printed details.'),
  OUTPUT_FAILED: code(
    'incomplete',
    'Standard output or the file of a report took no more data (a full disk). What was asked for was done, but not shown whole.',
  ),
  ALGORITHM_MISSING: code(
    'incomplete',
    'A signature or key is of an algorithm that this run time has not (ML-DSA-44 needs Node 24.6 or newer). Nothing is taken for verified.',
  ),
  TOOL_MISSING: code(
    'incomplete',
    'An external tool (such as opa) was not found. The message lists every place that was looked at.',
  ),
  TOOL_FAILED: code('incomplete', 'An external tool ended with an error. Its own message follows.'),
  // Record
  RECORD_INVALID: code(
    'usage',
    'A record does not fit the schema exhibit.record/1. The message names the field.',
  ),
  RECORD_NOT_CANONICAL: code(
    'usage',
    'A value has no RFC 8785 form (NaN, an integer beyond 2^53, a lone surrogate, undefined), or bytes are not in that form.',
  ),
  RECORD_TOO_LARGE: code(
    'usage',
    'A record is longer than 65,535 bytes in canonical form. Put large parts into a blob.',
  ),
  // Input
  INPUT_UNREADABLE: code(
    'incomplete',
    'A file or folder could not be read (permission, link loop, not a regular file).',
  ),
  INPUT_EMPTY: code('incomplete', 'A file or folder holds nothing to judge.'),
  INPUT_ENCODING: code(
    'incomplete',
    'A file is not text in UTF-8 or UTF-16: a binary file or a broken encoding.',
  ),
  INPUT_SYNTAX: code('incomplete', 'A file is not well-formed JSON or YAML. The location names the place.'),
  INPUT_TOO_LARGE: code(
    'incomplete',
    'A file, or what it expands to, is over the limit. The message names the limit and how to raise it.',
  ),
  INPUT_FORMAT: code('incomplete', 'A file is well-formed but of a kind or version that is not supported.'),
  // Policy repository and bundle
  POLICY_INVALID: code(
    'usage',
    'A policy, control map, framework or override file is wrong. The location names the place.',
  ),
  POLICY_BUILTIN: code(
    'usage',
    'A policy calls a built-in function that the run time lacks. The build stops.',
  ),
  POLICY_TEST_FAILED: code('usage', 'A policy test fails, or an example is judged other than its name says.'),
  TAG_REQUIRED: code(
    'denied',
    'A bundle is built only of a commit whose tag an allowed signer signed, and this one has none. The message says of each tag why it does not count.',
  ),
  BUNDLE_INVALID: code('tampered', 'A bundle is damaged or incomplete. It is not used.'),
  BUNDLE_UNSIGNED: code(
    'tampered',
    'A bundle carries no signature though a verification key is configured. It is not used.',
  ),
  BUNDLE_SIGNATURE: code(
    'tampered',
    'The signature of a bundle does not verify with the configured key. It is not used.',
  ),
  BUNDLE_DIGEST: code(
    'tampered',
    'A file in a bundle differs from its signed digest. The message names it. The bundle is not used.',
  ),
  BUNDLE_EXPIRED: code(
    'tampered',
    'The signature of a bundle held for a time that is over. What the policies are now is not known, so nothing passes by it. Fetch the newer bundle; where there is none, sign it again.',
  ),
  BUNDLE_ROLLBACK: code('tampered', 'A bundle is older than the last one used here. It is not used.'),
  BUNDLE_LINEAGE: code(
    'tampered',
    'A bundle is of another policy repository than the last one that was used from this place. It is not used. Where the change is meant, name it: `exhibit check --accept-lineage`, or `lineage` of the bundle in the configuration of a server.',
  ),
  BUNDLE_CLOCK: code(
    'incomplete',
    'The clock of this machine is more than five minutes before the latest time at which a bundle was used here, so an expired bundle or override could hold again. Nothing is judged. Set the clock; where it is right, and was ahead before, judge once with `exhibit check --accept-clock`.',
  ),
  BUNDLE_MISSING: code(
    'incomplete',
    'The server judges with a bundle, and none was verified yet. Nothing is judged until one is: its log says why one was refused.',
  ),
  BUNDLE_ORIGIN: code(
    'incomplete',
    'The place that a bundle comes from (a bucket, a registry) cannot be reached, denies access, is too slow or gives too much. The last good bundle stays in use.',
  ),
  OVERRIDE_INVALID: code(
    'usage',
    'An override lacks a field, has a date that cannot be parsed, lasts too long, matches everything, or is approved by its owner. It does not apply.',
  ),
  RESPONSE_REFUSED: code(
    'denied',
    'A response to a finding is not allowed: a snooze past its due date, or a word about what is closed. The message says what is.',
  ),
  // Attestation
  ATTESTATION_INVALID: code(
    'tampered',
    'An attestation does not hold: its form, its signature, its type, or it is not for what it was asked about. The message names the check. Nothing follows from it.',
  ),
  ATTESTATION_REFUSED: code(
    'incomplete',
    'The run passed, but what it says must not be signed (a bundle that went on in the place of another one, a file that changed its meaning). No attestation was written.',
  ),
  ATTESTATION_MISSING: code('incomplete', 'No attestation is there for the image. That is never a pass.'),
  REGISTRY_FAILED: code(
    'incomplete',
    'A registry cannot be reached, denies access, or gives too much or something else than its digest names.',
  ),
  // Clusters and clouds that are watched
  CLUSTER_FAILED: code(
    'incomplete',
    'The API server of a cluster cannot be reached, is too slow, or answers otherwise than asked. What it has is not known meanwhile. It is asked again.',
  ),
  CLUSTER_DENIED: code(
    'denied',
    'The API server of a cluster does not let a kind of resource be listed or watched. Grant it, or leave the kind out.',
  ),
  // Audit
  ENGAGEMENT_OVER: code(
    'denied',
    'The engagement has expired or was closed: nothing more can be read or asked in it. What was read in it stays on the record.',
  ),
  ENGAGEMENT_SCOPE: code(
    'denied',
    'What was asked for reaches outside the framework or the period of the engagement. Ask for a part of it, or have another engagement opened.',
  ),
  PACK_INVALID: code(
    'tampered',
    'A pack does not hold: a byte of it was changed, a file is missing or is one too many, or what it says does not follow from its records. The message names the file.',
  ),
  // Engine
  ENGINE_ERROR: code('incomplete', 'A rule could not be evaluated. The verdict is error, never pass.'),
  ENGINE_TIMEOUT: code(
    'incomplete',
    'A rule took longer than the time limit. The verdict is error, never pass.',
  ),
  // Ledger
  LEDGER_EXISTS: code('usage', 'The folder holds a ledger already; it is not made anew.'),
  LEDGER_NOT_FOUND: code('usage', 'The folder holds no ledger.'),
  LEDGER_BUSY: code(
    'incomplete',
    'Another process is writing to the ledger and did not finish in time. Nothing is lost; try again.',
  ),
  LEDGER_IO: code(
    'incomplete',
    'The disk refused a write (full, read-only, failing). Nothing of this call was acknowledged.',
  ),
  LEDGER_CLOCK: code(
    'incomplete',
    'The clock of the writer is more than a year ahead of the last record. Nothing was sealed, what waits is kept. Set the clock; where it is right and the log was idle for so long, seal once with `exhibit ledger seal --accept-clock`.',
  ),
  LEDGER_KEY: code(
    'usage',
    'A key file is missing, malformed, readable by others, or not the key of this ledger.',
  ),
  SIGNER_FAILED: code(
    'incomplete',
    'The signer of the log gave no signature that can be used: it is away, it refused, or its signature does not verify. Nothing was published; what was acknowledged is kept, and the next seal asks again.',
  ),
  LEDGER_FORK: code(
    'fatal',
    'The folder and the writer lock disagree about what was signed last: two writers, a restored copy or a rollback. The writer stops.',
  ),
  LEDGER_FENCED: code(
    'fatal',
    'Another folder has taken over the writing of the log in this bucket, so this one writes nothing any more. What it acknowledged is in the log or waits there. See `exhibit ledger take-over --help`.',
  ),
  LEDGER_CORRUPT: code(
    'tampered',
    'The log does not verify: an entry, a tile, a checkpoint or a proof differs. The message names the place.',
  ),
  LEDGER_ROLLBACK: code(
    'tampered',
    'The log is smaller than, or inconsistent with, a checkpoint seen before.',
  ),
  WAL_CORRUPT: code(
    'tampered',
    'A write-ahead log holds a damaged frame that is not a torn tail. The message names file and offset.',
  ),
  CHECKPOINT_INVALID: code('tampered', 'A checkpoint is malformed or its signature does not verify.'),
  TIMESTAMP_INVALID: code(
    'tampered',
    'A time stamp does not hold: its token, what it stamps, its certificates, or the times in the log around it. The message names the check and the record.',
  ),
  TIMESTAMP_FAILED: code(
    'incomplete',
    'A time-stamping authority cannot be reached, is too slow, or granted no time stamp. The log is not time-stamped from there on; it is asked again.',
  ),
  PROOF_INVALID: code('tampered', 'An inclusion or consistency proof does not verify.'),
  BLOB_MISSING: code('incomplete', 'A blob that a record names is not there.'),
  BLOB_DIGEST: code('tampered', 'A blob differs from its digest.'),
  STORE_FAILED: code(
    'incomplete',
    'A bucket cannot be reached, denies access, is too slow, takes no lock, or gives other bytes than were written. What was acknowledged stays; give the same command again.',
  ),
  // Lake and queries
  LAKE_DAY_OPEN: code('usage', 'The day is not over yet (or its grace time is not), so it cannot be closed.'),
  LAKE_DAY_CLOSED: code('usage', 'The day was closed before. A closed day is never reopened.'),
  PURGE_REFUSED: code(
    'usage',
    'A lock or a legal hold is on a file that was to be purged. Nothing was purged.',
  ),
  LAKE_MISMATCH: code(
    'tampered',
    'A file of the lake differs from its manifest in the ledger, or is missing.',
  ),
  LAKE_FAILED: code('incomplete', 'The lake could not be written or read. The message names the file.'),
  QUERY_INVALID: code(
    'usage',
    'A query is unknown, lacks a parameter, or uses SQL outside the common dialect.',
  ),
  QUERY_FAILED: code('incomplete', 'The query engine refused the query. Its message follows.'),
  // Server
  REQUEST_INVALID: code(
    'usage',
    'A request to the server is malformed. The message says what was expected; a record is named by its line.',
  ),
  REQUEST_TOO_LARGE: code(
    'usage',
    'A request, or one line of it, is over a limit of the server. The message names the limit. Send smaller batches.',
  ),
  AUTH_MISSING: code('denied', 'The server takes nothing from callers who do not say who they are.'),
  AUTH_INVALID: code(
    'denied',
    'A token or certificate does not hold: unknown, expired, for another audience, or signed by a key that is not configured.',
  ),
  AUTH_DENIED: code(
    'denied',
    'The caller is known, but its roles or its emitter names do not allow this. The message says what they allow.',
  ),
  ACTION_DENIED: code(
    'denied',
    'An action of an agent is not allowed: by a policy, by the person who was asked, or because nobody answered in time. It was not performed.',
  ),
  APPROVAL_REFUSED: code(
    'denied',
    'An approval cannot be given or used: it is not known, expired, used before, for another action or another caller, or the approver is who asked. The message says which. Nothing is allowed by it.',
  ),
  SERVER_UNREACHABLE: code(
    'incomplete',
    'The server that takes the records cannot be reached, or takes none now. They wait in the spool and are sent with the next run.',
  ),
  SPOOL_FULL: code(
    'incomplete',
    'The spool of a server holds as much as it may of what no evidence server has taken yet. Nothing more is kept, so nothing is answered that would need a record, until that server is back or the spool has more room.',
  ),
  SERVER_BUSY: code(
    'incomplete',
    'The server has as much waiting as it may, or is stopping. Nothing of the request was taken; send it again after the time in Retry-After.',
  ),
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
