import type { DetailedError, Entities, ValidationError } from '@cedar-policy/cedar-wasm/nodejs';
import { parseJsonFile } from '../../json-file.ts';
import type { Files, Problem } from '../../types.ts';
import { type CedarStatement, placeOf } from './statements.ts';
import { cedar } from './wasm.ts';

export interface ToValidate {
  file: string;
  text: string;
  schemaFile: string;
  schema: string;
  statements: readonly CedarStatement[];
}

/** What Cedar's validator says of a policy set under its schema, in strict mode, with file and line. */
export function validationProblems({ file, text, schemaFile, schema, statements }: ToValidate): Problem[] {
  const parsed = cedar().checkParseSchema(schema);
  if (parsed.type === 'failure')
    return parsed.errors.map((error) => problem('error', error, placeOf(schemaFile, schema, error)));
  const answer = cedar().validate({
    validationSettings: { mode: 'strict' },
    schema,
    policies: { staticPolicies: text },
  });
  if (answer.type === 'failure')
    return answer.errors.map((error) => problem('error', error, placeOf(file, text, error)));
  const said = (severity: (error: DetailedError) => Problem['severity']) => (one: ValidationError) => {
    const named = { ...one.error, message: withIds(one.error.message, statements) };
    return problem(severity(one.error), named, placeOf(file, text, one.error));
  };
  return [
    ...answer.validationErrors.map(said(() => 'error')),
    // A forbid that can never apply is a hole that looks like a rule.
    ...answer.validationWarnings.map(
      said(({ message }) => (/impossible/.test(message) ? 'error' : 'warning')),
    ),
  ];
}

/** Whether the entities that the set brings along fit the schema. */
export function entityProblems(file: string, files: Files, schema: string): Problem[] {
  const { value, problems } = parseJsonFile(files, file);
  if (problems.length > 0) return problems;
  const at = { file, line: 1 };
  if (!Array.isArray(value))
    return [{ severity: 'error', rule: 'cedar', message: 'expected a list of entities', location: at }];
  const answer = cedar().checkParseEntities({ entities: value as Entities, schema });
  return answer.type === 'success' ? [] : answer.errors.map((error) => problem('error', error, at));
}

/** Cedar calls the statements policy0, policy1 and so on; people call them by their @id. */
function withIds(message: string, statements: readonly CedarStatement[]): string {
  return message.replace(/`policy(\d+)`/g, (all, number: string) => {
    const id = statements[Number(number)]?.annotations.id;
    return id === undefined ? all : `\`${id}\``;
  });
}

function problem(
  severity: Problem['severity'],
  error: DetailedError,
  location: Problem['location'],
): Problem {
  const hint = error.help ?? undefined;
  return {
    severity,
    rule: 'cedar',
    message: error.message,
    location,
    ...(hint === undefined ? {} : { hint }),
  };
}
