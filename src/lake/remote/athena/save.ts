import type { Saved, SavedStatement } from '../../catalogue/saved.ts';
import { api } from './api.ts';
import type { AthenaEngine } from './engine.ts';

/** Inputs of the API of Athena. */
export interface AthenaInputs {
  CreateNamedQuery: {
    Name: string;
    Description: string;
    Database: string;
    QueryString: string;
    WorkGroup: string;
  }[];
  CreatePreparedStatement: {
    StatementName: string;
    Description: string;
    QueryStatement: string;
    WorkGroup: string;
  }[];
  /** Statements to be run. */
  views: string[];
}

/** A named query for people to find, and a prepared statement of the same text to run: a named query itself has no parameters. */
export function athenaInputs({ statements, views }: Saved, WorkGroup: string): AthenaInputs {
  return {
    CreateNamedQuery: statements.map(({ name, description, database, sql }) => ({
      Name: `exhibit ${name}`,
      Description: description,
      Database: database,
      QueryString: sql,
      WorkGroup,
    })),
    CreatePreparedStatement: statements.map((statement) => ({
      StatementName: statementName(statement),
      Description: statement.description,
      QueryStatement: statement.sql,
      WorkGroup,
    })),
    views: views.map(({ sql }) => sql),
  };
}

function statementName({ name }: SavedStatement): string {
  return `exhibit_${name.replaceAll(/[^a-z0-9]/g, '_')}`;
}

/** What was done in the workgroup. */
export interface AthenaSaved {
  named: number;
  prepared: number;
  views: number;
}

/**
 * Makes them. Prepared statements of the same name are replaced; a named query of the same name and text stays, one with another text is replaced.
 * @throws ExhibitError QUERY_FAILED, QUERY_INVALID
 */
export async function saveToAthena(engine: AthenaEngine, inputs: AthenaInputs): Promise<AthenaSaved> {
  const athena = await import('@aws-sdk/client-athena');
  const { client, workgroup } = engine;
  const there = await namedThere(engine);
  const done: AthenaSaved = { named: 0, prepared: 0, views: 0 };
  for (const input of inputs.CreateNamedQuery) {
    const old = there.get(input.Name);
    if (old?.text === input.QueryString) continue;
    if (old !== undefined)
      await api(input.Name, 'athena:DeleteNamedQuery', () =>
        client.send(new athena.DeleteNamedQueryCommand({ NamedQueryId: old.id })),
      );
    await api(input.Name, 'athena:CreateNamedQuery', () =>
      client.send(new athena.CreateNamedQueryCommand(input)),
    );
    done.named += 1;
  }
  for (const input of inputs.CreatePreparedStatement) {
    const { StatementName } = input;
    const known = await api(StatementName, 'athena:GetPreparedStatement', () =>
      client.send(new athena.GetPreparedStatementCommand({ StatementName, WorkGroup: workgroup })),
    ).catch((error: unknown) => {
      if (error instanceof Error && /ResourceNotFound|not found|does not exist/i.test(error.message))
        return undefined;
      throw error;
    });
    const text = known?.PreparedStatement?.QueryStatement;
    if (text === input.QueryStatement) continue;
    if (text === undefined)
      await api(StatementName, 'athena:CreatePreparedStatement', () =>
        client.send(new athena.CreatePreparedStatementCommand(input)),
      );
    else
      await api(StatementName, 'athena:UpdatePreparedStatement', () =>
        client.send(new athena.UpdatePreparedStatementCommand(input)),
      );
    done.prepared += 1;
  }
  for (const sql of inputs.views) {
    await engine.run({ name: 'view', sql, values: [], before: 0 }, { timeout: 60_000, rowLimit: 0 });
    done.views += 1;
  }
  return done;
}

/** Named queries of ours in the workgroup, by name. */
async function namedThere({
  client,
  workgroup,
}: AthenaEngine): Promise<Map<string, { id: string; text: string }>> {
  const athena = await import('@aws-sdk/client-athena');
  const found = new Map<string, { id: string; text: string }>();
  const pages = athena.paginateListNamedQueries({ client, pageSize: 50 }, { WorkGroup: workgroup });
  for await (const { NamedQueryIds = [] } of pages) {
    if (NamedQueryIds.length === 0) continue;
    const { NamedQueries = [] } = await api('named queries', 'athena:BatchGetNamedQuery', () =>
      client.send(new athena.BatchGetNamedQueryCommand({ NamedQueryIds })),
    );
    for (const { Name = '', NamedQueryId = '', QueryString = '' } of NamedQueries)
      if (Name.startsWith('exhibit ')) found.set(Name, { id: NamedQueryId, text: QueryString });
  }
  return found;
}
