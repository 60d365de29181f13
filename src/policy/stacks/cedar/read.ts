import type { Files, Problem } from '../../types.ts';
import type { StackReading } from '../stack.ts';
import { metadataOf } from './metadata.ts';
import { ENTITIES_FILE, SCHEMA_FILE, textOf } from './set.ts';
import { type CedarStatement, placeIn, placeOf, statementsOf } from './statements.ts';
import { entityProblems, validationProblems } from './validate.ts';

/** Reads a policy set: its statements, their metadata, and whether all of it is valid under the schema. */
export function readCedar(file: string, files: Files): StackReading {
  const text = textOf(files, file);
  const read = statementsOf(text);
  if ('errors' in read)
    return {
      statement: none(file),
      problems: read.errors.map((error) => problem(error.message, placeOf(file, text, error))),
    };
  const { statements, templates } = read;
  if (statements.length === 0)
    return {
      statement: none(file),
      problems: [problem('the file holds no policy statement', { file, line: 1 })],
    };
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const { statement, schema: stated, problems } = metadataOf(file, text, statements);
  const schema = stated ?? `${folder}${SCHEMA_FILE}`;
  const entities = `${folder}${ENTITIES_FILE}`;
  const reading = (found: Problem[]): StackReading => ({
    ...(statement === undefined ? {} : { statement }),
    with: files.has(entities) ? [schema, entities] : [schema],
    problems: [...problems, ...idProblems(file, text, statements), ...found],
  });
  if (templates.length > 0)
    return reading([
      problem('a template decides nothing until it is linked: write the policies out', { file, line: 1 }),
    ]);
  if (!files.has(schema)) {
    const hint = `Write ${folder}${SCHEMA_FILE}, or name one below the repository with @schema("lib/...").`;
    return reading([{ ...problem(`there is no schema ${schema}`, { file, line: 1 }), hint }]);
  }
  const invalid = validationProblems({
    file,
    text,
    schemaFile: schema,
    schema: textOf(files, schema),
    statements,
  });
  if (invalid.some(({ severity }) => severity === 'error') || !files.has(entities)) return reading(invalid);
  return reading([...invalid, ...entityProblems(entities, files, textOf(files, schema))]);
}

/** A file that cannot be read says nothing of its metadata: its own problem is told, and not that metadata is missing. */
const none = (file: string) => ({ value: {}, locate: () => ({ file, line: 1 }) });

function idProblems(file: string, text: string, statements: readonly CedarStatement[]): Problem[] {
  const seen = new Set<string>();
  return statements.flatMap(({ annotations: { id = '' }, start }) => {
    const at = placeIn(file, text, start);
    if (id.trim() === '')
      return [
        {
          ...problem('the statement has no @id', at),
          hint: 'A decision names the statements that determined it, so each has an @id.',
        },
      ];
    if (seen.has(id)) return [problem(`a second statement has the @id ${JSON.stringify(id)}`, at)];
    seen.add(id);
    return [];
  });
}

function problem(message: string, location: Problem['location']): Problem {
  return { severity: 'error', rule: 'cedar', message, location };
}
