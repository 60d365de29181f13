import { ExhibitError } from '../../record/index.ts';
import { readPerson } from '../person.ts';
import { type CommitFacts, independent, readCommit } from './commit.ts';
import { type GitRun, gitIn, outputOf } from './git-in.ts';
import { verifyObject } from './signature.ts';
import type { Release, SignedTag, Trust } from './types.ts';

export interface ReleaseOptions {
  /** Full commit id. */
  revision: string;
  /** A signed tag is asked for. */
  require: boolean;
  /** Only this tag counts. */
  tag?: string;
  trust: Trust | undefined;
}

/**
 * How a commit came about: author, committer, reviewers and merged change as it states them, and the signed tag where one is asked for.
 * The same commit and the same tag give the same answer.
 * @throws ExhibitError TAG_REQUIRED where a signed tag is asked for and none verifies; TOOL_FAILED
 */
export async function readRelease(folder: string, options: ReleaseOptions): Promise<Release> {
  const git = gitIn(folder);
  const { merge, ...facts } = await readCommit(git, options.revision);
  const asked = options.require || options.tag !== undefined;
  const tag = asked ? await signedTag(git, options, Date.parse(facts.committed_at) / 1_000) : undefined;
  return {
    ...facts,
    reviewers: await withMerge(git, facts, merge, options),
    ...(tag === undefined ? {} : { tag }),
    require_signed_tag: options.require,
  };
}

/**
 * Who merged is verified where the merge itself is signed, by that person: a commit names whomever its maker wrote. Looked at only where
 * tags are, so that a commit stays one bundle.
 */
async function withMerge(
  git: GitRun,
  { reviewers, author }: Omit<CommitFacts, 'merge'>,
  merge: boolean,
  { revision, require, tag, trust }: ReleaseOptions,
): Promise<Release['reviewers']> {
  if (!merge || trust === undefined || !(require || tag !== undefined)) return reviewers;
  const signed = await verifyObject(git, 'commit', revision, trust);
  if (typeof signed === 'string') return reviewers;
  return reviewers.map((one) =>
    one.source === 'merge' && oneAddress(one.name, signed.signer)
      ? { ...one, assurance: 'verified', independent: one.independent && independent(signed.signer, author) }
      : one,
  );
}

/** Whether two texts have one address. A name without an address is whatever somebody wrote. */
function oneAddress(a: string, b: string): boolean {
  const [one, other] = [readPerson(a), readPerson(b)];
  if (typeof one === 'string' || typeof other === 'string') return false;
  return one.address !== undefined && one.address === other.address;
}

interface Candidate {
  name: string;
  object: string;
  type: string;
  tagger: string;
  /** When it was made, as it says, Unix seconds. */
  at: number;
}

/** A tag may seem older than its commit by this much, where two clocks differ: an hour, in seconds. */
const CLOCKS = 3_600;

async function signedTag(git: GitRun, options: ReleaseOptions, committed: number): Promise<SignedTag> {
  const { revision, tag, trust } = options;
  if (trust === undefined)
    throw refused(
      revision,
      [],
      'Name who may sign: release.allowed_signers or release.keyring in exhibit.yaml, or --allowed-signers, --keyring.',
    );
  const there = await tagsOf(git, revision);
  const candidates = there.filter(({ name }) => tag === undefined || name === tag);
  const why: string[] = [];
  for (const candidate of candidates) {
    const signed = await verifyTag(git, candidate, trust, committed);
    if (typeof signed !== 'string')
      return {
        name: candidate.name,
        object: candidate.object,
        tagger: candidate.tagger,
        ...signed,
        trust: trust.source,
      };
    why.push(`${candidate.name}: ${signed}`);
  }
  if (tag !== undefined && candidates.length === 0) why.push(`${tag}: it does not name this commit`);
  throw refused(revision, why, 'Sign one: `git tag -s <name>`, and fetch tags where the bundle is built.');
}

async function verifyTag(
  git: GitRun,
  { name, object, type, at }: Candidate,
  trust: Trust,
  committed: number,
) {
  if (type !== 'tag') return 'it is a light tag, which cannot be signed';
  // An SSH key is judged by the tag's own date. Whoever holds one that has ended would write an earlier date.
  if (!(at >= committed - CLOCKS)) return 'it is dated before the commit that it names';
  // The signature is over the name in the object: the same object under another name says nothing of that name.
  const own = /^tag (.*)$/m.exec(await outputOf(git, ['cat-file', 'tag', object]))?.[1];
  if (own !== name) return `it was signed as ${own}`;
  return verifyObject(git, 'tag', object, trust);
}

/** Tags of a commit, the newest first, then by name. */
async function tagsOf(git: GitRun, revision: string): Promise<Candidate[]> {
  const format = [
    '%(refname:strip=2)',
    '%(objectname)',
    '%(objecttype)',
    '%(taggername) %(taggeremail)',
    '%(taggerdate:unix)',
  ];
  const text = await outputOf(git, [
    'for-each-ref',
    `--points-at=${revision}`,
    `--format=${format.join('%00')}`,
    'refs/tags',
  ]);
  const found = text.split('\n').flatMap((line) => {
    const [name = '', object = '', type = '', tagger = '', at = ''] = line.split('\0');
    return name === '' ? [] : [{ name, object, type, tagger: tagger.trim(), at: Number(at) }];
  });
  return found.sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1));
}

function refused(revision: string, why: readonly string[], hint: string): ExhibitError {
  const said = why.length === 0 ? '' : ` ${why.join('; ')}.`;
  return new ExhibitError(
    'TAG_REQUIRED',
    `The commit ${revision} has no tag that an allowed signer signed.${said}`,
    {
      hint,
      details: { revision, tags: why },
    },
  );
}
