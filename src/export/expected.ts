import { query } from '../lake/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import { ExhibitError } from '../record/index.ts';
import type { ExpectedControl, ExportCoverage, ExportGap, ExportRequest } from './types.ts';

/**
 * Controls of the frameworks in force, and those that the control maps in force in the period name, sorted; each with the policies
 * that support it. A control that no policy supports is there, with none.
 * @throws ExhibitError NOT_FOUND for a framework or control that the log does not know
 */
export async function expectedControls(
  reader: LedgerReader,
  { from, to, from_index, to_index }: ExportCoverage,
  { framework, control }: ExportRequest,
): Promise<{ controls: ExpectedControl[]; gaps: ExportGap[] }> {
  const period = { from, to };
  const links = await query(reader, { name: 'control-links', ...period });
  const listed = await query(reader, { name: 'framework-controls', ...period });
  const rows = links.rows.map(([index, , ...row]) => ({ index: Number(index), row: row.map(String) }));
  const before = Math.max(-1, ...rows.filter(({ index }) => index < from_index).map(({ index }) => index));
  const found = new Map<string, ExpectedControl>();
  const of = (name: string, id: string): ExpectedControl => {
    const key = `${name}/${id}`;
    const known = found.get(key) ?? { framework: name, control: id, policies: [] };
    found.set(key, known);
    return known;
  };
  for (const { index, row } of rows) {
    const [name = 'null', id = '', policy_id = '', strength = '', since = '', until = ''] = row;
    if (name === 'null' || (index !== before && (index < from_index || index >= to_index))) continue;
    if (since > to || until < from) continue;
    const { policies } = of(name, id);
    if (!policies.some((each) => each.policy_id === policy_id)) policies.push({ policy_id, strength });
  }
  for (const [name, id, title] of listed.rows) of(String(name), String(id)).title = String(title);
  const all = [...found.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const chosen = all.filter(
    (each) =>
      (framework === undefined || each.framework === framework) &&
      (control === undefined || each.control === control),
  );
  if (chosen.length === 0) throw unknown(all, framework, control);
  const gaps = [...links.coverage.gaps, ...listed.coverage.gaps]
    .filter(({ kind }) => kind === 'control_map' || kind === 'tail_not_read' || kind === 'manifest')
    .map(({ message }): ExportGap => ({ kind: 'control_map', message }));
  return { controls: chosen, gaps };
}

const keyOf = (each: Pick<ExpectedControl, 'framework' | 'control'>) => `${each.framework}/${each.control}`;

function unknown(
  all: readonly ExpectedControl[],
  framework: string | undefined,
  control: string | undefined,
): ExhibitError {
  const frameworks = [...new Set(all.map((each) => each.framework))];
  const asked =
    framework === undefined ? 'control' : `${framework}${control === undefined ? '' : `/${control}`}`;
  return new ExhibitError('NOT_FOUND', `no framework or control map of the log names ${asked}`, {
    hint: `Frameworks of the log: ${frameworks.length === 0 ? 'none' : frameworks.join(', ')}.`,
  });
}
