import { type Context, holds, like } from './iam-condition.ts';
import type { Policy, Statement } from './iam-schema.ts';

/** One call of an API of AWS. */
export interface Call {
  /** ARN of the role or user; undefined: nobody who is known. */
  by: string | undefined;
  action: string;
  resource: string;
  context?: Context;
}

export interface Policies {
  /** Of who calls. */
  identity?: readonly Policy[];
  /** Of what is called. */
  resource?: Policy;
  /** Of the organisation, beside one that allows everything. */
  control?: Policy;
  /** Account that the resource is in. Another one than that of the caller must be let in by both sides. */
  account: string;
  /** A key of KMS: what its own policy does not allow, no policy of a role can. */
  key?: boolean;
}

export type Decision = 'allowed' | 'refused' | 'denied';

/**
 * Decides as IAM does for a role or user without session policy or boundary: a denial anywhere is one; within an account one side that allows is enough.
 * `refused`: nothing allows it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(
  call: Call,
  { identity = [], resource, control, account, key = false }: Policies,
): Decision {
  const speaking = [...identity, ...(control === undefined ? [] : [control])].flatMap(
    ({ Statement }) => Statement,
  );
  const beside = resource?.Statement ?? [];
  const denied = [
    ...speaking.filter((statement) => applies(statement, call)),
    ...beside.filter((statement) => isFor(statement, call) && applies(statement, call)),
  ].some(({ Effect }) => Effect === 'Deny');
  if (denied) return 'denied';
  const allows = (statement: Statement) => statement.Effect === 'Allow' && applies(statement, call);
  const here = beside.some((statement) => isFor(statement, call) && allows(statement));
  const there = identity.some(({ Statement }) => Statement.some(allows));
  const own = call.by?.split(':')[4] === account;
  return (own ? here || (there && !key) : here && (there || call.by === undefined)) ? 'allowed' : 'refused';
}

function isFor({ Principal }: Statement, { by }: Call): boolean {
  if (Principal === undefined) throw new Error('a statement of a resource has a principal');
  if (Principal === '*') return true;
  const { AWS = [] } = Principal;
  return AWS.some((arn) => {
    if (arn === '*') return true;
    if (by === undefined) return false;
    return arn === by || arn === by.split(':')[4] || arn === by.replace(/[^:]+$/, 'root');
  });
}

function applies(statement: Statement, { action, resource, by, context = {} }: Call): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const named = (names: readonly string[]) =>
    names.some((name) => like(action.toLowerCase(), name.toLowerCase()));
  if (Action !== undefined ? !named(Action) : named(NotAction ?? [])) return false;
  const matches = (names: readonly string[]) => names.some((name) => like(resource, name));
  if (NotResource !== undefined ? matches(NotResource) : Resource !== undefined && !matches(Resource))
    return false;
  const known: Context = {
    ...context,
    ...(by === undefined ? {} : { 'aws:principalarn': by }),
  };
  return Object.entries(Condition).every(([operator, lines]) =>
    Object.entries(lines).every(([key, wants]) => holds(operator, key, wants, known)),
  );
}
