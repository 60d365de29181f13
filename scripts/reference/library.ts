import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { metadataFields } from '../../src/policy/schema.ts';
import { readStacks } from '../../src/policy/stacks/read.ts';
import { readTree } from '../../src/policy/tree.ts';

const root = join(import.meta.dirname, '..', '..');
const PAGE = 'docs/reference/library.md';

const annotation = z.object({
  title: z.string(),
  custom: z.object({ exhibit: z.object(metadataFields) }),
});
const catalogue = z.object({
  id: z.string(),
  title: z.string(),
  controls: z.array(z.object({ id: z.string() })),
});

interface Entry {
  readonly file: string;
  readonly title: string;
  readonly id: string;
  readonly severity: string;
  readonly inputs: readonly string[];
  readonly controls: readonly string[];
  /** In which form it is written. */
  readonly form: string;
}

/** The page on the starter library, with its tables as the policies and frameworks say now. The text around them stays. */
export async function libraryPage(): Promise<string> {
  const rego = globSync('policies/policies/**/policy.rego', { cwd: root }).map(entry);
  const policies = [...rego, ...(await others())].sort((a, b) => (a.file < b.file ? -1 : 1));
  const frameworks = ['soc2', 'iso27001', 'nis2', 'eu-ai-act'].map((id) =>
    catalogue.parse(
      parse(readFileSync(join(root, `policies/frameworks/${id}.yaml`), 'utf8'), { schema: 'failsafe' }),
    ),
  );
  const tables = {
    policies: rows(
      ['policy', 'form', 'severity', 'judges', 'says'],
      policies.map(({ file, title, id, severity, inputs, form }) => [
        `[\`${id}\`](../../${file})`,
        form,
        severity,
        inputs.join(', '),
        title,
      ]),
    ),
    frameworks: rows(
      ['framework', 'controls listed', 'with evidence from policies'],
      frameworks.map(({ id, title, controls }) => [
        title,
        String(controls.length),
        String(controls.filter((control) => supporting(policies, id, control.id).length > 0).length),
      ]),
    ),
    controls: rows(
      ['control', 'policies'],
      frameworks.flatMap(({ id, controls }) =>
        controls.flatMap((control) => {
          const found = supporting(policies, id, control.id);
          return found.length === 0
            ? []
            : [[`\`${id}/${control.id}\``, found.map((one) => `\`${one}\``).join(', ')]];
        }),
      ),
    ),
  };
  const page = readFileSync(join(root, PAGE), 'utf8');
  return Object.entries(tables).reduce((text, [name, table]) => filled(text, name, table), page);
}

/** Puts a table between its two marks. */
function filled(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- table: ${name} -->\n`, `<!-- end: ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no marks for the table ${name}`);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [row(head), `|${head.map(() => '---|').join('')}\n`, ...body.map(row)].join('');
}

function supporting(policies: readonly Entry[], framework: string, control: string): string[] {
  return policies.filter(({ controls }) => controls.includes(`${framework}/${control}`)).map(({ id }) => id);
}

/** Policies of other engines, as the repository reads them. */
async function others(): Promise<Entry[]> {
  const { policies } = await readStacks(await readTree(join(root, 'policies')), ['policies']);
  return policies.map(({ file, title, id, severity, inputs, controls, style }) => ({
    file: `policies/${file}`,
    title,
    id,
    severity,
    inputs: inputs.length > 0 ? inputs : ['what its control plane sees'],
    controls: controls.map(({ control }) => control),
    form: style,
  }));
}

/** What the annotation above the package of a policy says. */
function entry(file: string): Entry {
  const text = readFileSync(join(root, file), 'utf8');
  const comment = text.slice(
    text.indexOf('# METADATA\n') + '# METADATA\n'.length,
    text.indexOf('\npackage '),
  );
  const { title, custom } = annotation.parse(parse(comment.replace(/^# ?/gm, '')));
  const { id, severity, inputs, controls } = custom.exhibit;
  return {
    file,
    title,
    id,
    severity,
    inputs,
    controls: controls.map(({ control }) => control),
    form: 'Rego',
  };
}
