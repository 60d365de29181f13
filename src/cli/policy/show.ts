import { resolve } from 'node:path';
import {
  findCompiler,
  findPolicy,
  type Policy,
  type Repository,
  readRepository,
} from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import { columns, printable, wrap } from '../terminal/text.ts';

/** One line a policy. */
export async function list(
  folder: string,
  flags: { control?: string; json?: boolean },
  context: Context,
): Promise<ExitCode> {
  const repository = await readRepository(resolve(context.cwd, folder), {
    opa: await findCompiler(context.env),
  });
  const wanted = flags.control;
  const policies = repository.policies.filter(
    (policy) => wanted === undefined || policy.controls.some((link) => link.control === wanted),
  );
  if (flags.json === true) context.stdout.write(`${inertJson({ schemaVersion: 1, policies }, 2)}\n`);
  else {
    const rows = policies.map((policy) => [
      policy.id,
      policy.style,
      policy.severity,
      layersOf(policy),
      `${policy.controls.length} controls`,
    ]);
    const { stdout } = context;
    stdout.write(`${table(rows, stdout)}${policies.length} of ${repository.policies.length} policies\n`);
  }
  return EXIT.ok;
}

/** Where the second column begins: behind the longest word of the first, `roll-out`. */
const COLUMN = 13;

/** All that is known of one policy, in words. */
export async function show(id: string, folder: string, context: Context): Promise<ExitCode> {
  const repository = await readRepository(resolve(context.cwd, folder), {
    opa: await findCompiler(context.env),
  });
  const policy = findPolicy(repository.policies, id);
  context.stdout.write(`${describe(policy, repository, Math.min(context.stdout.columns, 100)).join('\n')}\n`);
  return EXIT.ok;
}

function describe(policy: Policy, repository: Repository, width: number): string[] {
  const titles = new Map(
    repository.frameworks.flatMap((framework) =>
      framework.controls.map((control) => [`${framework.id}/${control.id}`, control.title]),
    ),
  );
  const block = (text: string, indent = '  ') =>
    wrap(printable(text.replace(/\s+/g, ' ').trim()), width - indent.length).map((line) => indent + line);
  return [
    `${policy.id}  (${policy.severity})`,
    ...block(policy.title),
    '',
    ...block(policy.description),
    '',
    ...columns([
      ['  owner', policy.owner],
      ['  layers', layersOf(policy)],
      ['  cadence', policy.cadence],
      ['  since', policy.since],
      ...(policy.rollout ?? []).map(({ from, mode, scope }) => [
        '  roll-out',
        `from ${from} ${mode}${scope === undefined ? '' : `, ${JSON.stringify(scope)}`}`,
      ]),
      ...wrap(
        policy.inputs.length === 0 ? 'every kind of input' : policy.inputs.join(', '),
        width - COLUMN,
      ).map((line, at) => [at === 0 ? '  judges' : '', line]),
      ['  rule', policy.file],
    ]),
    '',
    '  how to fix',
    ...block(policy.remediation),
    '',
    '  supports',
    ...policy.controls.flatMap((link) => [
      ...block(
        `${link.control} (${link.strength})${titles.has(link.control) ? `, ${titles.get(link.control) ?? ''}` : ''}`,
      ),
      ...block(link.rationale, '    '),
    ]),
  ];
}

function layersOf(policy: Policy): string {
  return Object.entries(policy.layers)
    .map(([layer, mode]) => `${layer}:${mode}`)
    .join(' ');
}
