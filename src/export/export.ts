import { checkName } from '../lake/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import { ExhibitError } from '../record/index.ts';
import { ControlMaps, mapGaps } from './controls.ts';
import { exportCoverage } from './coverage.ts';
import { csv } from './csv.ts';
import { expectedControls } from './expected.ts';
import { gemara } from './gemara.ts';
import { ocsf } from './ocsf.ts';
import { oscal } from './oscal.ts';
import { readDecisions } from './read.ts';
import { sarif } from './sarif.ts';
import type {
  ExportedDecision,
  Exporter,
  ExportFormat,
  ExportRequest,
  ExportResult,
  Write,
} from './types.ts';

const EXPORTERS: Record<ExportFormat, Exporter> = { ocsf, oscal, gemara, sarif, csv };

/** Formats that speak of whole controls. */
const BY_CONTROL: ReadonlySet<ExportFormat> = new Set(['oscal', 'gemara']);

/** Characters that are gathered before they are written. */
const PIECE = 1 << 18;

/**
 * Writes the decisions of a period in the shape of another tool. Memory does not grow with the number of decisions. The same log,
 * period and filters give the same bytes.
 * @returns the coverage: what it lacks is to be said with the export
 * @throws ExhibitError USAGE, NOT_FOUND, LEDGER_CORRUPT, and what `write` throws
 */
export async function exportEvidence(
  reader: LedgerReader,
  request: ExportRequest,
  write: Write,
): Promise<ExportResult> {
  checkRequest(request);
  const coverage = await exportCoverage(reader, request);
  const byControl = request.framework !== undefined || BY_CONTROL.has(request.format);
  const expected = byControl ? await expectedControls(reader, coverage, request) : { controls: [], gaps: [] };
  coverage.gaps.push(...expected.gaps, ...(byControl ? await mapGaps(reader, coverage) : []));
  coverage.complete = coverage.gaps.length === 0;
  const maps = new ControlMaps(reader);
  let decisions = 0;
  async function* counted(): AsyncGenerator<ExportedDecision> {
    for await (const decision of readDecisions(reader, coverage, request, maps)) {
      decisions += 1;
      yield decision;
    }
  }
  const out = gathered(write);
  await EXPORTERS[request.format](counted(), { request, coverage, expected: expected.controls }, out.write);
  await out.end();
  return { coverage, decisions };
}

function checkRequest({ format, framework, control, policy }: ExportRequest): void {
  if (framework !== undefined) checkName('framework', framework);
  if (control !== undefined) checkName('control', control);
  if (control !== undefined && framework === undefined)
    throw new ExhibitError('USAGE', `control ${control}: of which framework?`, {
      hint: `Write framework and control, such as --control soc2/${control}.`,
    });
  if (policy !== undefined && BY_CONTROL.has(format))
    throw new ExhibitError(
      'USAGE',
      `${format} speaks of whole controls, and a policy is only a part of one`,
      {
        hint: 'Leave --policy out, or export ocsf, sarif or csv.',
      },
    );
}

/** Small texts become pieces, and the one who writes is waited for. */
function gathered(write: Write): { write: Write; end: () => Promise<void> } {
  let piece = '';
  const flush = async () => {
    const text = piece;
    piece = '';
    if (text !== '') await write(text);
  };
  return {
    write(text) {
      piece += text;
      return piece.length >= PIECE ? flush() : undefined;
    },
    end: flush,
  };
}
