import { z } from 'zod';
import { reconcileSchema } from '../../src/cli/admission/reconcile-schema.ts';
import { configSchema } from '../../src/cli/config/config.ts';
import { pricesSchema } from '../../src/cli/cost/prices.ts';
import { costSchema } from '../../src/cli/cost/schema.ts';
import { engagementAnswerSchema, engagementsSchema } from '../../src/cli/engagement/schema.ts';
import {
  findingMetricsSchema,
  findingSchema,
  findingsSchema,
  noticesSchema,
} from '../../src/cli/findings/schema.ts';
import { gapsSchema } from '../../src/cli/gaps/schema.ts';
import { honestSchema } from '../../src/cli/honest/schema.ts';
import { impactSchema } from '../../src/cli/impact/schema.ts';
import { ingestSchema } from '../../src/cli/ingest/report.ts';
import { manualSchema } from '../../src/cli/manual/schema.ts';
import { mergesSchema } from '../../src/cli/merges/schema.ts';
import { overrideReportSchema } from '../../src/cli/override/report-schema.ts';
import { packSchema, packVerifiedSchema } from '../../src/cli/pack/schema.ts';
import { coverageSchema } from '../../src/cli/policy/coverage-schema.ts';
import { diffSchema } from '../../src/cli/policy/diff-schema.ts';
import { populationSchema } from '../../src/cli/population/schema.ts';
import { rerunSchema } from '../../src/cli/query/rerun-schema.ts';
import { querySchema } from '../../src/cli/query/schema.ts';
import { populationReconcileSchema } from '../../src/cli/reconcile/schema.ts';
import { replaySchema } from '../../src/cli/replay/schema.ts';
import { checkSchema } from '../../src/cli/report/schema.ts';
import { reportSchema } from '../../src/cli/reports/schema.ts';
import { sampleListSchema, sampleSchema } from '../../src/cli/sample/schema.ts';
import { storeCheckSchema, storeDrillSchema, storeRestoreSchema } from '../../src/cli/store/schema.ts';
import { githubValue, gitlabValue } from '../../src/merges/index.ts';
import { overrideFileSchema } from '../../src/policy/index.ts';
import { respondSchema } from '../../src/respond/index.ts';
import { recordJsonSchema } from './record.ts';

const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The published JSON Schemas, by file. */
export function schemaFiles(): Record<string, string> {
  return {
    'schemas/record.schema.json': text({ title: 'Exhibit record, version 1', ...recordJsonSchema() }),
    'schemas/check.schema.json': text({
      title: 'exhibit check -o json, version 1',
      ...z.toJSONSchema(checkSchema),
    }),
    'schemas/query.schema.json': text({
      title: 'exhibit query -o json, version 1',
      ...z.toJSONSchema(querySchema),
    }),
    'schemas/query-rerun.schema.json': text({
      title: 'exhibit query --rerun -o json, version 1',
      ...z.toJSONSchema(rerunSchema),
    }),
    'schemas/manual.schema.json': text({
      title: 'exhibit manual -o json, version 1',
      ...z.toJSONSchema(manualSchema),
    }),
    'schemas/policy-coverage.schema.json': text({
      title: 'exhibit policy coverage -o json, version 1',
      ...z.toJSONSchema(coverageSchema),
    }),
    'schemas/policy-diff.schema.json': text({
      title: 'exhibit policy diff -o json, version 1',
      ...z.toJSONSchema(diffSchema),
    }),
    'schemas/gaps.schema.json': text({
      title: 'exhibit gaps -o json, version 1',
      ...z.toJSONSchema(gapsSchema),
    }),
    'schemas/engagements.schema.json': text({
      title: 'exhibit engagement list -o json, version 1',
      ...z.toJSONSchema(engagementsSchema),
    }),
    'schemas/engagement-answer.schema.json': text({
      title: 'exhibit engagement answer -o json, version 1',
      ...z.toJSONSchema(engagementAnswerSchema),
    }),
    'schemas/pack.schema.json': text({
      title: 'exhibit pack -o json, version 1',
      ...z.toJSONSchema(packSchema),
    }),
    'schemas/pack-verified.schema.json': text({
      title: 'exhibit verify pack --json, version 1',
      ...z.toJSONSchema(packVerifiedSchema),
    }),
    'schemas/population.schema.json': text({
      title: 'exhibit population -o json, version 1',
      ...z.toJSONSchema(populationSchema),
    }),
    'schemas/sample.schema.json': text({
      title: 'exhibit sample -o json, version 1',
      ...z.toJSONSchema(sampleSchema),
    }),
    'schemas/sample-list.schema.json': text({
      title: 'exhibit sample list -o json, version 1',
      ...z.toJSONSchema(sampleListSchema),
    }),
    'schemas/reconcile.schema.json': text({
      title: 'exhibit reconcile -o json, version 1',
      ...z.toJSONSchema(populationReconcileSchema),
    }),
    'schemas/replay.schema.json': text({
      title: 'exhibit replay -o json, version 1',
      ...z.toJSONSchema(replaySchema),
    }),
    'schemas/admission-reconcile.schema.json': text({
      title: 'exhibit admission reconcile -o json, version 1',
      ...z.toJSONSchema(reconcileSchema),
    }),
    'schemas/report.schema.json': text({
      title: 'exhibit report -o json, version 1',
      ...z.toJSONSchema(reportSchema, { io: 'output', unrepresentable: 'any' }),
    }),
    'schemas/honest-test.schema.json': text({
      title: 'exhibit honest-test -o json, version 1',
      ...z.toJSONSchema(honestSchema),
    }),
    'schemas/findings.schema.json': text({
      title: 'exhibit findings list -o json, version 1',
      ...z.toJSONSchema(findingsSchema),
    }),
    'schemas/finding.schema.json': text({
      title: 'exhibit findings show -o json, version 1',
      ...z.toJSONSchema(findingSchema),
    }),
    'schemas/finding-metrics.schema.json': text({
      title: 'exhibit findings metrics -o json, version 1',
      ...z.toJSONSchema(findingMetricsSchema),
    }),
    'schemas/finding-notices.schema.json': text({
      title: 'exhibit findings notify -o json, version 1',
      ...z.toJSONSchema(noticesSchema),
    }),
    'schemas/respond.schema.json': text({
      title: 'respond.yaml',
      ...z.toJSONSchema(respondSchema, { io: 'input' }),
    }),
    'schemas/ingest.schema.json': text({
      title: 'exhibit ingest -o json, version 1',
      ...z.toJSONSchema(ingestSchema),
    }),
    'schemas/merges.schema.json': text({
      title: 'exhibit merges import -o json, version 1',
      ...z.toJSONSchema(mergesSchema),
    }),
    'schemas/merges-input.schema.json': text({
      title: 'a value of a file of exhibit merges import --file: what is read of it',
      ...z.toJSONSchema(z.union([githubValue, gitlabValue]), { io: 'input' }),
    }),
    'schemas/policy-impact.schema.json': text({
      title: 'exhibit policy impact -o json, version 1',
      ...z.toJSONSchema(impactSchema),
    }),
    'schemas/store-check.schema.json': text({
      title: 'exhibit store check -o json, version 1',
      ...z.toJSONSchema(storeCheckSchema),
    }),
    'schemas/cost.schema.json': text({
      title: 'exhibit cost -o json, version 1',
      ...z.toJSONSchema(costSchema),
    }),
    'schemas/prices.schema.json': text({
      title: 'a table of prices of exhibit cost, version 1',
      ...z.toJSONSchema(pricesSchema),
    }),
    'schemas/store-drill.schema.json': text({
      title: 'exhibit store drill -o json, version 1',
      ...z.toJSONSchema(storeDrillSchema),
    }),
    'schemas/store-restore.schema.json': text({
      title: 'exhibit store restore -o json, version 1',
      ...z.toJSONSchema(storeRestoreSchema),
    }),
    'schemas/override.schema.json': text({
      title: 'overrides/*.yaml of a policy repository',
      ...z.toJSONSchema(overrideFileSchema, { io: 'input' }),
    }),
    'schemas/override-report.schema.json': text({
      title: 'exhibit override report -o json, version 1',
      ...z.toJSONSchema(overrideReportSchema),
    }),
    'schemas/config.schema.json': text({ title: '.exhibit.yaml', ...z.toJSONSchema(configSchema) }),
  };
}
