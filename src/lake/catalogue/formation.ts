import { databaseOf } from './tables.ts';

/** Who may read what, by Lake Formation. */
export interface FormationRequest {
  /** First part of the names of databases. */
  name: string;
  frameworks: readonly string[];
  /** ARN of a role => the one framework that it may read. */
  auditors: Readonly<Record<string, string>>;
  /** ARNs of roles that may read all. */
  engineers: readonly string[];
}

type Expression = { TagKey: string; TagValues: string[] }[];

/** Inputs of the API of AWS Lake Formation, in the order in which they are to be sent. */
export interface FormationInputs {
  CreateLFTag: { TagKey: string; TagValues: string[] };
  AddLFTagsToResource: { Resource: { Database: { Name: string } }; LFTags: Expression }[];
  GrantPermissions: {
    Principal: { DataLakePrincipalIdentifier: string };
    Resource: { LFTagPolicy: { ResourceType: 'DATABASE' | 'TABLE'; Expression: Expression } };
    Permissions: ('SELECT' | 'DESCRIBE')[];
  }[];
}

/**
 * A database has the tag of its framework, and a grant names a value of the tag: a table that comes later is in it, and no other framework is. The
 * tag is the same as in deploy/terraform/catalogue.
 */
export function formationInputs(request: FormationRequest): FormationInputs {
  const { name, frameworks, auditors, engineers } = request;
  const key = `${name}_framework`;
  const values = [...frameworks].sort();
  const tag = (...TagValues: string[]): Expression => [{ TagKey: key, TagValues }];
  const grant = (role: string, expression: Expression): FormationInputs['GrantPermissions'] =>
    (
      [
        ['DATABASE', ['DESCRIBE']],
        ['TABLE', ['SELECT', 'DESCRIBE']],
      ] as const
    ).map(([ResourceType, permissions]) => ({
      Principal: { DataLakePrincipalIdentifier: role },
      Resource: { LFTagPolicy: { ResourceType, Expression: expression } },
      Permissions: [...permissions],
    }));
  return {
    CreateLFTag: { TagKey: key, TagValues: [...values, 'all'] },
    AddLFTagsToResource: [
      ...values.map((framework) => ({
        Resource: { Database: { Name: databaseOf(name, framework) } },
        LFTags: tag(framework),
      })),
      { Resource: { Database: { Name: name } }, LFTags: tag('all') },
    ],
    GrantPermissions: [
      ...Object.entries(auditors).flatMap(([role, framework]) => grant(role, tag(framework))),
      ...engineers.flatMap((role) => grant(role, tag(...values, 'all'))),
    ],
  };
}
