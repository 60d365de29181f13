import type { AthenaClient } from '@aws-sdk/client-athena';
import { name } from '../../catalogue/trino.ts';
import type { RemoteEngine } from '../types.ts';
import { api } from './api.ts';
import { LONGEST_TEXT } from './limits.ts';
import { runStatement } from './run.ts';
import { type AthenaSettings, checkedAthena } from './settings.ts';

export interface AthenaEngine extends RemoteEngine {
  readonly client: AthenaClient;
  readonly workgroup: string;
  close(): void;
}

/**
 * Athena engine 3 in a workgroup. Credentials come as the SDK finds them. No database is set for a query.
 * @throws ExhibitError CONFIG_INVALID
 */
export async function athenaEngine(settings: AthenaSettings): Promise<AthenaEngine> {
  const checked = checkedAthena(settings);
  const { region, endpoint, catalog, workgroup } = checked;
  // Loaded only where Athena is asked.
  const { AthenaClient: Client, GetTableMetadataCommand } = await import('@aws-sdk/client-athena');
  const client = new Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  return {
    kind: 'athena',
    client,
    workgroup,
    longestText: LONGEST_TEXT,
    // `$file_size` is not documented for Athena.
    tellsLength: false,
    table: (database, table) => name(catalog.toLowerCase(), database, table),
    run: (statement, limits) => runStatement(client, checked, statement, limits),
    async parameters(DatabaseName, TableName) {
      const input = { CatalogName: catalog, DatabaseName, TableName };
      const found = await api(
        `the catalogue entry of ${DatabaseName}.${TableName}`,
        'athena:GetTableMetadata',
        () => client.send(new GetTableMetadataCommand(input)),
      ).catch((error: unknown) => {
        if (error instanceof Error && /EntityNotFound|not found/i.test(error.message)) return undefined;
        throw error;
      });
      return found === undefined ? undefined : (found.TableMetadata?.Parameters ?? {});
    },
    close: () => client.destroy(),
  };
}
