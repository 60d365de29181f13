import { z } from 'zod';
import { instant } from '../../record/index.ts';

const text = z.string().min(1);
const commitId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'expected a git object id');

/** A person whom a commit or a trailer names. */
const reviewer = z.strictObject({
  name: text,
  /** trailer: `Reviewed-by` or `Approved-by`. merge: who merged. */
  source: z.enum(['trailer', 'merge']),
  /** verified: an allowed signer signed the merge. stated: the commit says so, and nothing proves it. */
  assurance: z.enum(['stated', 'verified']),
  /** False for the author: nobody reviews his own change. */
  independent: z.boolean(),
});

const merged = z.strictObject({
  /** As the code host counts, such as `#12` or `group/policies!12`. */
  id: text,
  url: text.exactOptional(),
  source: z.enum(['merge-commit', 'subject', 'trailer']),
});

const signature = {
  method: z.enum(['ssh', 'gpg']),
  /** Principal of the allowed signers, or user id of the key. */
  signer: text,
  /** Fingerprint of the key. */
  key: text,
};

const tag = z.strictObject({
  name: text,
  /** Id of the tag object. */
  object: commitId,
  tagger: text,
  ...signature,
  /** Who says whom to believe: whoever built the bundle, or a file of the commit itself. */
  trust: z.enum(['given', 'repository']),
});

/** How a commit came about, in a bundle's data. Nothing but the signatures is proven. */
export const releaseSchema = z.strictObject({
  author: text,
  authored_at: instant,
  committer: text,
  committed_at: instant,
  reviewers: z.array(reviewer),
  merged: merged.exactOptional(),
  tag: tag.exactOptional(),
  /** True where the repository asks for a signed tag. */
  require_signed_tag: z.boolean(),
});

export type Release = z.infer<typeof releaseSchema>;
export type Reviewer = z.infer<typeof reviewer>;
export type MergedChange = z.infer<typeof merged>;
export type SignedTag = z.infer<typeof tag>;

/** Whom to believe. */
export interface Trust {
  /** Text of a file of allowed signers, as ssh-keygen reads it. */
  allowedSigners?: string;
  /** OpenPGP public keys, armoured or not. */
  keyring?: Uint8Array;
  source: SignedTag['trust'];
}

/** `release` of `exhibit.yaml`. */
export interface ReleaseConfig {
  require_signed_tag: boolean;
  /** File of the repository with the SSH keys that may sign, as ssh-keygen reads it. */
  allowed_signers?: string;
  /** File of the repository with the OpenPGP keys that may sign. */
  keyring?: string;
}
