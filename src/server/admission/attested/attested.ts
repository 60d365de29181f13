import { z } from 'zod';
import type { Bundle } from '../../../policy/index.ts';
import type { Clock } from '../../../record/index.ts';
import { imagesOf, type NamedImage } from '../../../verify/index.ts';
import { nodeAttestCrypto } from '../../../verify/node.ts';
import { BOOKKEEPING } from './accounts.ts';
import { unnamedDifferences } from './differences.ts';
import { annotationSource, Gathered } from './gather.ts';
import type { Allowed } from './mutations.ts';
import { type AttestedObject, closest, nameOf, weighObject } from './object.ts';
import type { Opener } from './opener.ts';
import { isSameScale, scaleDifferences, scaledType } from './scale.ts';
import type { AttestationsSetting } from './settings.ts';
import { type AttestationSource, type ObjectName, typeOf } from './source.ts';
import { type Standing, standingOf } from './standing.ts';
import { FAR, type Pass, type Terms, type Weighed, weigh } from './weigh.ts';

type Outcome =
  | { state: 'attested'; pass: Pass }
  | { state: 'unattested'; why: string; differs?: string[]; differs_more?: number };

/** What policies see under `input.exhibit.attestation`. Only the server writes it. */
export interface Attestation {
  object: Outcome | Standing | { state: 'none' };
  /** Images that the object names, each once. */
  images: ({ reference: string } & Outcome)[];
}

const requestSchema = z.looseObject({
  operation: z.string(),
  resource: z.looseObject({ group: z.string(), resource: z.string() }),
  subResource: z.string().nullish(),
  namespace: z.string().optional(),
  userInfo: z.looseObject({ username: z.string().optional() }).prefault({}),
  object: z.unknown(),
  oldObject: z.unknown(),
});
type Request = z.infer<typeof requestSchema>;
const reviewSchema = z.looseObject({ request: requestSchema });

/** Looks for the pass of what is about to be admitted, and compares the two. */
export class Attested {
  readonly #setting: AttestationsSetting;
  readonly #opener: Opener;
  readonly #sources: readonly AttestationSource[];
  readonly #clock: Clock;

  constructor(
    setting: AttestationsSetting,
    opener: Opener,
    sources: readonly AttestationSource[],
    clock: Clock,
  ) {
    this.#setting = setting;
    this.#opener = opener;
    this.#sources = sources;
    this.#clock = clock;
  }

  /**
   * Never throws for what the review or an attestation is.
   * @param review JSON value of an AdmissionReview; its request is attacker-controlled
   * @param bundle that judges the review
   */
  async show(review: unknown, bundle: Bundle): Promise<Attestation> {
    const { data } = reviewSchema.safeParse(review);
    const request = data?.request;
    const scaled = request === undefined ? undefined : targetOf(request);
    const named = request === undefined ? undefined : nameOf(request.object, request.namespace);
    if (request === undefined || named === undefined) return { object: { state: 'none' }, images: [] };
    const target = scaled === undefined ? named : { ...named, ...scaled };
    const standing = this.#standing(request, target, scaled !== undefined);
    if (standing !== undefined) return { object: standing, images: [] };
    return this.#compare(request, target, scaled !== undefined, bundle);
  }

  #standing(request: Request, target: ObjectName, scale: boolean): Standing | undefined {
    const { operation, object, oldObject: old, userInfo } = request;
    if (scale && isSameScale(old, object)) return { state: 'unchanged' };
    if (scale) return undefined;
    const asking = { account: userInfo.username, operation, object, old, type: typeOf(target) };
    return standingOf(asking, this.#setting.controllers);
  }

  async #compare(request: Request, target: ObjectName, scale: boolean, bundle: Bundle): Promise<Attestation> {
    const { object, oldObject: old, userInfo } = request;
    const images = imagesOf(object);
    const wanted = { object: target, images: images.filter(({ sha256 }) => sha256 !== undefined) };
    const gathered = new Gathered([annotationSource(object, this.#opener), ...this.#sources], wanted);
    const terms: Terms = { setting: this.#setting, bundle, now: this.#clock() };
    const { mutations, injected } = this.#setting;
    const allowed: Allowed = {
      mutations: [...mutations, ...BOOKKEEPING],
      injected,
      account: userInfo.username,
      old,
    };
    const differences = (entry: AttestedObject) => {
      const type = typeOf(target);
      return scale
        ? scaleDifferences(entry.tree, object, type, allowed)
        : unnamedDifferences(nodeAttestCrypto.sha256, { tree: entry.tree, admitted: object, type, allowed });
    };
    let weighed: Weighed = NOTHING;
    let pictures: Weighed[] = images.map(() => NOTHING);
    let from = 0;
    // One source after the other, as long as something has no pass.
    while (await gathered.more()) {
      const added = gathered.summaries.slice(from);
      from = gathered.summaries.length;
      weighed = closest([weighed, ...added.map((one) => weighObject(one, target, terms, differences))]);
      pictures = pictures.map((best, at) =>
        closest([best, ...added.map((one) => weighImage(one, images[at], terms))]),
      );
      if ('pass' in weighed && pictures.every((one, at) => 'pass' in one || images[at]?.sha256 === undefined))
        break;
    }
    return {
      object: outcomeOf(weighed, gathered.told),
      images: images.map(({ reference, sha256 }, at) => ({
        reference,
        ...(sha256 === undefined ? TAGGED : outcomeOf(pictures[at] ?? NOTHING, gathered.told)),
      })),
    };
  }
}

const NOTHING: Weighed = { close: FAR.nothing, why: 'no attestation that a trusted key signed was found' };
const TAGGED: Outcome = {
  state: 'unattested',
  why: 'it is not named by a SHA-256 digest, so it can become another',
};

function weighImage(
  found: Parameters<typeof weigh>[0],
  image: NamedImage | undefined,
  terms: Terms,
): Weighed {
  if (image?.sha256 === undefined) return NOTHING;
  return weigh(found, { sha256: image.sha256, kind: 'image', what: image.reference }, terms);
}

function outcomeOf(weighed: Weighed, told: string): Outcome {
  if ('pass' in weighed) return { state: 'attested', pass: weighed.pass };
  const { close, why, ...rest } = weighed;
  // Where something came close, the rest would only hide it.
  const text = close >= 0 ? why : `${why} (${told})`;
  return { state: 'unattested', why: text, ...rest };
}

/** The object behind a `scale`, whose own object is only a number. */
function targetOf({ subResource, resource }: Request): Pick<ObjectName, 'apiVersion' | 'kind'> | undefined {
  if (subResource !== 'scale') return undefined;
  const [apiVersion = '', kind = ''] = (scaledType(resource.group, resource.resource) ?? ' ').split(' ');
  return { apiVersion, kind };
}
