import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Seconds that the long files of tests took on two cores, to the nearest ten. They order files and decide nothing else: one that is missing, or has
 * become quicker, costs at most a worker that waits for the last file.
 */
export const SECONDS: Readonly<Record<string, number>> = {
  'tests/faults/kill.test.ts': 250,
  'tests/interop/portal/walk.test.ts': 240,
  'tests/interop/policy/export-conftest.test.ts': 200,
  'tests/faults/s3-close.test.ts': 150,
  'tests/acceptance/docs.test.ts': 120,
  'tests/interop/package/install.test.ts': 110,
  'tests/interop/pages/report-page.test.ts': 110,
  'tests/faults/server.test.ts': 90,
  'tests/faults/witness.test.ts': 90,
  'tests/interop/trino/trino.test.ts': 90,
  'tests/faults/s3-writers.test.ts': 80,
  'tests/faults/s3.test.ts': 80,
  'tests/interop/deploy/smoke.test.ts': 80,
  'tests/acceptance/demo.test.ts': 70,
  'tests/interop/apiserver/ca-bundle.test.ts': 70,
  'tests/interop/apiserver/watch.test.ts': 70,
  'tests/interop/audit/pack.test.ts': 70,
  'tests/interop/policy/export-checkov.test.ts': 70,
  'tests/interop/pre-commit/pre-commit.test.ts': 70,
  'tests/interop/sources/scanners.test.ts': 70,
  'tests/faults/close.test.ts': 60,
  'tests/interop/pages/replay-page.test.ts': 60,
  'tests/interop/policy/export-gatekeeper.test.ts': 60,
  'tests/interop/report/report.test.ts': 60,
  'tests/interop/s3/check.test.ts': 60,
  'tests/attacks/bucket.test.ts': 50,
  'tests/faults/s3-purge.test.ts': 50,
  'tests/interop/deploy/plan.test.ts': 50,
  'tests/interop/kyverno/library.test.ts': 50,
  'tests/interop/s3/purge.test.ts': 50,
  'tests/interop/trino/secured.test.ts': 50,
  'src/cli/pack/pack.test.ts': 40,
  'tests/acceptance/library.test.ts': 40,
  'tests/faults/webhook.test.ts': 40,
  'tests/interop/apiserver/engines/kyverno.test.ts': 40,
  'tests/interop/engine/long-life.test.ts': 40,
  'tests/interop/policy/decide.test.ts': 40,
  'tests/interop/s3/lake.test.ts': 40,
  'tests/interop/s3/restore.test.ts': 40,
  'src/cli/engagement/within.test.ts': 30,
  'src/cli/store/restore.test.ts': 30,
  'src/lake/query/run.test.ts': 30,
  'src/server/portal/portal.test.ts': 30,
  'tests/interop/engine/library.test.ts': 30,
  'tests/interop/inputs/conftest.test.ts': 30,
  'tests/interop/native/native.test.ts': 30,
  'tests/interop/own-exports.test.ts': 30,
  'tests/interop/pages/demo-page.test.ts': 30,
  'tests/interop/pages/verify-page.test.ts': 30,
  'tests/interop/run-tools.test.ts': 30,
  'tests/interop/s3/copy.test.ts': 30,
  'tests/interop/s3/kept.test.ts': 30,
  'tests/interop/s3/page.test.ts': 30,
  'tests/interop/s3/retain.test.ts': 30,
  'tests/interop/s3/swap.test.ts': 30,
  'tests/interop/server/s3-origin.test.ts': 30,
  'src/cli/demo/year/year.test.ts': 20,
  'src/cli/ledger/timestamp.test.ts': 20,
  'src/cli/reports/report.test.ts': 20,
  'src/server/admission/attested/attested.test.ts': 20,
  'tests/acceptance/coverage.test.ts': 20,
  'tests/acceptance/gate.test.ts': 20,
  'tests/acceptance/lsp.test.ts': 20,
  'tests/attacks/witness.test.ts': 20,
  'tests/faults/flood.test.ts': 20,
  'tests/faults/s3-server.test.ts': 20,
  'tests/interop/apiserver/chart.test.ts': 20,
  'tests/interop/apiserver/engines/gatekeeper.test.ts': 20,
  'tests/interop/apiserver/precondition.test.ts': 20,
  'tests/interop/kyverno/repository.test.ts': 20,
  'tests/interop/s3/lock.test.ts': 20,
  'tests/interop/s3/store.test.ts': 20,
  'tests/interop/server/oci-origin.test.ts': 20,
};

/** Starts the longest files first, so that no worker ends with one long file while the others have nothing left to do. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification): number =>
      SECONDS[relative(this.ctx.config.root, moduleId).replaceAll('\\', '/')] ?? 0;
    // A stable sort: files that are not named stay in the order of vitest, larger ones first.
    return (await super.sort(files)).sort((a, b) => seconds(b) - seconds(a));
  }
}
