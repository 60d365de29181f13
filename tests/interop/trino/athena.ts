import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AthenaEngine,
  athenaEngine,
  athenaInputs,
  catalogueTables,
  formationInputs,
  type GlueInputs,
  glueInputs,
  QUERIES,
  type QueryRequest,
  query,
  queryRemote,
  readNamed,
  savedStatements,
  saveToAthena,
} from '../../../src/lake/index.ts';
import { type Moto, startMoto } from '../events/moto.ts';
import { become, storeOn } from '../s3/bucket.ts';
import { type AthenaDoor, athenaDoor } from './athena-door.ts';
import { type Call, checkCalls } from './aws.ts';
import { PERIOD, type Place } from './lake.ts';

export function athena(at: () => Place): void {
  describe('Athena’s API', () => {
    let place: Place;
    let moto: Moto;
    let door: AthenaDoor;
    let athena: AthenaEngine;
    let glue: GlueInputs;
    beforeAll(async () => {
      place = at();
      moto = await startMoto();
      become(place.s3.credentials);
      const named = await readNamed(place.lake.ledger);
      glue = glueInputs(catalogueTables({ location: place.location, name: 'exhibit', ...named }));
      door = await athenaDoor(place.engine, glue.tables, moto.endpoint);
      athena = await athenaEngine({ workgroup: 'primary', region: 'us-east-1', endpoint: door.endpoint });
    });
    afterAll(async () => {
      athena?.close();
      await door?.close();
      await moto?.stop();
    });

    const ask = (request: QueryRequest, more: object = {}) =>
      queryRemote(place.lake.ledger, { ...PERIOD, ...request }, athena, {
        lake: { location: place.location, name: 'exhibit' },
        objects: storeOn(place.s3, { url: place.location }, { differing: 'give' }),
        ...more,
      });

    it('answers saved questions as DuckDB does, page by page', async () => {
      for (const name of [
        'decisions',
        'population',
        'overrides-in-force',
        'framework-verdicts',
        'late-records',
      ]) {
        const needs = new Set(QUERIES.find((one) => one.name === name)?.parameters.map((one) => one.name));
        const request = {
          name,
          ...(needs.has('framework') ? { framework: 'soc2' } : {}),
          ...(needs.has('control') ? { control: 'cc6.1' } : {}),
        };
        const [here, there] = [await query(place.lake.ledger, { ...PERIOD, ...request }), await ask(request)];
        expect(there.rows).toEqual(here.rows);
        expect(there.result_digest).toBe(here.result_digest);
        expect(there.coverage).toEqual(here.coverage);
        expect(there.engine).toMatchObject({
          name: 'athena',
          query_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        });
      }
      expect(
        door.calls.filter(({ operation, input }) => operation === 'GetQueryResults' && 'NextToken' in input),
      ).not.toEqual([]);
    });

    it('binds values, and tells what no manifest explains without the length of files', async () => {
      const text = 'SELECT count(*) AS n FROM evidence WHERE subject_id = ?';
      const answer = await ask(
        { sql: text, parameters: ["db1' OR '1'='1"], framework: 'soc2' },
        { check: 'size', objects: undefined },
      );
      expect(answer.rows).toEqual([[0]]);
      expect(answer.coverage.checked).toBe('rows');
      // The comparison with the manifests runs at the same time, as statements of its own.
      const started = door.calls.filter(({ operation }) => operation === 'StartQueryExecution');
      expect(started.map(({ input }) => input)).toContainEqual(
        expect.objectContaining({ ExecutionParameters: ["'db1'' OR ''1''=''1'"], WorkGroup: 'primary' }),
      );
    });

    it('is told of errors of a text with their place, and of what takes too long', async () => {
      await expect(ask({ sql: 'SELECT 1 AS one,\n nothing FROM evidence' })).rejects.toMatchObject({
        code: 'QUERY_INVALID',
        location: { line: 2, column: 2 },
      });
      await expect(ask({ sql: 'SELECT ARRAY[1, 2] AS list' })).rejects.toMatchObject({
        code: 'QUERY_INVALID',
        message: expect.stringContaining('not unique'),
      });
      await expect(ask({ sql: "SELECT 'never ends' AS text" }, { timeout: 500 })).rejects.toMatchObject({
        code: 'QUERY_FAILED',
        message: expect.stringContaining('took longer'),
      });
      expect(door.stopped).toHaveLength(1);
    });

    it('shows a table that the catalogue lacks as incomplete', async () => {
      const none = await athenaDoor(place.engine, [], moto.endpoint);
      const other = await athenaEngine({
        workgroup: 'primary',
        region: 'us-east-1',
        endpoint: none.endpoint,
      });
      const answer = await queryRemote(
        place.lake.ledger,
        { ...PERIOD, name: 'decisions', framework: 'soc2', control: 'cc6.1' },
        other,
        {
          lake: { location: place.location, name: 'exhibit' },
        },
      );
      other.close();
      await none.close();
      expect(answer.coverage).toMatchObject({ complete: false, found: 0 });
      expect(answer.coverage.gaps[0]).toMatchObject({
        kind: 'catalogue',
        message: expect.stringContaining('no table exhibit_soc2.evidence'),
      });
    });

    it('keeps saved questions: made once, and run as they are', async () => {
      const named = await readNamed(place.lake.ledger);
      const lake = { location: place.location, name: 'exhibit' };
      const saved = await savedStatements(place.lake.ledger, named, lake, athena);
      expect(saved.left_out).toEqual([]);
      const inputs = athenaInputs(saved, 'primary');
      const first = await saveToAthena(athena, inputs);
      expect(first).toEqual({ named: saved.statements.length, prepared: saved.statements.length, views: 5 });
      expect(await saveToAthena(athena, inputs)).toEqual({ named: 0, prepared: 0, views: 5 });
      const statement = saved.statements.find(({ name }) => name === 'soc2 decisions');
      const run = (sql: string, values: string[]) =>
        athena.run({ name: 'saved', sql, values, before: 0 }, { timeout: 60_000, rowLimit: 100 });
      const { rows } = await run(statement?.sql ?? '', ['soc2', 'cc6.1', PERIOD.from, PERIOD.to]);
      const here = await query(place.lake.ledger, {
        ...PERIOD,
        name: 'decisions',
        framework: 'soc2',
        control: 'cc6.1',
      });
      expect(rows).toEqual(here.rows);
      const view = await run(
        'SELECT policy_id FROM "awsdatacatalog"."exhibit"."control_map" WHERE framework = \'iso27001\' ORDER BY 1',
        [],
      );
      expect(view.rows).toEqual([['alerts'], ['encrypted']]);
    });

    it('is asked, and its double answers, as the model of the service says', async () => {
      await checkCalls(door.calls);
      await expect(
        checkCalls([{ service: 'athena', operation: 'StartQueryExecution', input: { QueryStrin: 'x' } }]),
      ).rejects.toThrow(/QueryString/);
    });

    it('has its tables and grants from inputs that Glue and Lake Formation take', async () => {
      const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
      const grants = formationInputs({
        name: 'exhibit',
        frameworks: ['soc2', 'iso27001'],
        auditors: { [role('auditor')]: 'soc2' },
        engineers: [role('engineer')],
      });
      const calls: Call[] = [
        ...glue.databases.map((input): Call => ({ service: 'glue', operation: 'CreateDatabase', input })),
        ...glue.tables.map((input): Call => ({ service: 'glue', operation: 'CreateTable', input })),
        { service: 'lakeformation', operation: 'CreateLFTag', input: grants.CreateLFTag },
        ...grants.AddLFTagsToResource.map(
          (input): Call => ({ service: 'lakeformation', operation: 'AddLFTagsToResource', input }),
        ),
        ...grants.GrantPermissions.map(
          (input): Call => ({ service: 'lakeformation', operation: 'GrantPermissions', input }),
        ),
        { service: 'glue', operation: 'GetTable', input: { DatabaseName: 'exhibit_soc2', Name: 'evidence' } },
      ];
      const answers = await checkCalls(calls, moto.endpoint);
      expect(answers.at(-1)).toMatchObject({
        Table: {
          Parameters: { 'projection.control.values': 'cc6.1,cc7.2', 'exhibit.lake.schema': 'exhibit.lake/1' },
        },
      });
      const auditor = grants.GrantPermissions.filter(
        ({ Principal }) => Principal.DataLakePrincipalIdentifier === role('auditor'),
      );
      expect(JSON.stringify(auditor)).not.toMatch(/iso27001|"all"/);
    });
  });
}
