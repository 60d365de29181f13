import type { Files, StackPolicy } from '../../types.ts';
import { statementsOf } from './statements.ts';

/** What Cedar decides with: the statements by their `@id`, the schema, and the entities that are always there. */
export interface CedarSet {
  id: string;
  statements: Readonly<Record<string, string>>;
  schema: string;
  entities: readonly unknown[];
}

export const SCHEMA_FILE = 'schema.cedarschema';
export const ENTITIES_FILE = 'entities.json';
export const TESTS_FILE = 'tests.json';

export const textOf = (files: Files, path: string): string =>
  Buffer.from(files.get(path) ?? '').toString('utf8');

/** The set of a policy that was read without problems, or that a verified bundle carries. */
export function cedarSet(policy: Pick<StackPolicy, 'id' | 'files'>, files: Files): CedarSet {
  const [main = '', schema = '', entities] = policy.files;
  const read = statementsOf(textOf(files, main));
  const statements = 'errors' in read ? [] : read.statements;
  return {
    id: policy.id,
    statements: Object.fromEntries(
      statements.map(({ text, annotations }, i) => [annotations.id ?? `policy${i}`, text]),
    ),
    schema: textOf(files, schema),
    entities: entities === undefined ? [] : (JSON.parse(textOf(files, entities)) as unknown[]),
  };
}
