import { z } from 'zod';
import type { ControllerSetting } from './settings.ts';

const owners = z.array(
  z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    name: z.string(),
    controller: z.boolean().optional(),
  }),
);
const ownedSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ ownerReferences: owners.optional() }),
});

/** Who owns an object, as far as a controller of the settings may say so. */
export interface Owner {
  account: string;
  kind: string;
  name: string;
}

/**
 * The owner by which an object is judged: it was made by a controller that is named for this, for the one owner that it says controls
 * it. Anybody may write owner references, so they count only with the account, which is the API server's word.
 * @param object attacker-controlled
 */
export function ownerOf(
  account: string | undefined,
  object: unknown,
  controllers: readonly ControllerSetting[],
): Owner | undefined {
  const { data } = ownedSchema.safeParse(object);
  const controlling = (data?.metadata.ownerReferences ?? []).filter(({ controller }) => controller === true);
  const [owner, second] = controlling;
  if (account === undefined || data === undefined || owner === undefined || second !== undefined)
    return undefined;
  const group = owner.apiVersion.includes('/') ? `${owner.apiVersion.split('/')[0]}/` : '';
  const named = controllers.some(
    (one) =>
      one.account === account && one.owner === `${group}${owner.kind}` && one.makes.includes(data.kind),
  );
  return named ? { account, kind: owner.kind, name: owner.name } : undefined;
}
