import type { ControlCoverage, FrameworkCoverage } from '../../policy/index.ts';
import { columns, printable, wrap } from '../terminal/text.ts';

export interface Shown {
  /** UTC day whose links count. */
  day: string;
  width: number;
  /** Every control with its policies and checks; without it they are counted, and those without evidence named. */
  all: boolean;
  /** The command that shows all, to be pasted. */
  more: (framework: string) => string;
}

/** Coverage in words and tables, at most `width` columns wide. What is missing is said as plainly as what is there. */
export function coverageText(frameworks: readonly FrameworkCoverage[], shown: Shown): string[] {
  const { day, width, all, more } = shown;
  return frameworks.flatMap((framework, i) => [
    ...(i === 0 ? [] : ['']),
    ...summary(framework, day, width),
    ...(all || frameworks.length === 1 ? layers(framework) : []),
    '',
    ...(all
      ? framework.controls.flatMap((control) => controlText(control, framework.framework, width))
      : [
          ...withoutEvidence(framework, width),
          'each control with its policies and checks:',
          `  ${more(framework.framework)}`,
        ]),
  ]);
}

/** The controls without automated evidence by their ids: all of them, since they are what a reader looks for. */
function withoutEvidence({ framework, controls }: FrameworkCoverage, width: number): string[] {
  const ids = (of: (control: ControlCoverage) => boolean) =>
    controls.filter(of).map(({ control }) => control.slice(framework.length + 1));
  const listed = (label: string, found: readonly string[]) =>
    found.length === 0
      ? []
      : wrap(printable(`${label} (${found.length}): ${found.join(', ')}`), width - 2).map(
          (line, i) => `${i === 0 ? '' : '  '}${line}`,
        );
  return [
    ...listed(
      'not mapped',
      ids(({ coverage }) => coverage === 'not_mapped'),
    ),
    ...listed(
      'manual',
      ids(({ coverage }) => coverage === 'manual'),
    ),
    ...listed(
      'links, none in effect on the day',
      ids(({ coverage, not_in_effect }) => coverage !== 'automated' && not_in_effect > 0),
    ),
    ...listed(
      'called otherwise in the framework file',
      ids(({ coverage, stated }) => stated !== coverage),
    ),
  ];
}

function summary(framework: FrameworkCoverage, day: string, width: number): string[] {
  const { total, automated, manual, not_mapped, by_strength, only_by_checks, only_by_guardrails } = framework;
  const of = `of ${total}`;
  const without = total - automated;
  const expired = framework.controls.filter(
    ({ coverage, not_in_effect }) => coverage !== 'automated' && not_in_effect > 0,
  ).length;
  return [
    ...wrap(printable(`${framework.framework}: ${framework.title} (${framework.version})`), width),
    `counted with the links in effect on ${day} (UTC)`,
    '',
    ...columns([
      ['  automated', `${automated} ${of}`],
      ['    full', `${by_strength.full}`],
      ['    partial', `${by_strength.partial}`],
      ['    supporting', `${by_strength.supporting}`],
      ['  manual', `${manual} ${of}`],
      ['  not mapped', `${not_mapped} ${of}`],
    ]),
    '',
    ...wrap(`${without} of ${total} controls have no automated evidence.`, width),
    ...wrap(
      `${only_by_checks.length} of the ${automated} automated ones rest on checks of other tools alone: there is evidence only where those tools run and their results are taken in.`,
      width,
    ),
    ...(only_by_guardrails.length === 0
      ? []
      : wrap(
          `${only_by_guardrails.length} of the ${automated} automated ones have guardrails of a cloud, and no policy that Exhibit judges: there is evidence only where they were put into force and their results are taken in.`,
          width,
        )),
    ...(expired === 0
      ? []
      : wrap(`${expired} controls have links, but none that is in effect on that day.`, width)),
  ];
}

function layers({ layers, automated }: FrameworkCoverage): string[] {
  return [
    '',
    ...columns([
      ['  controls by layer', 'enforce', 'warn', 'observe', 'no policy'],
      ...layers.map(({ layer, enforce, warn, observe }) => [
        `  ${layer}`,
        `${enforce.length}`,
        `${warn.length}`,
        `${observe.length}`,
        `${automated - enforce.length - warn.length - observe.length} of the ${automated} automated`,
      ]),
    ]),
  ];
}

function controlText(row: ControlCoverage, framework: string, width: number): string[] {
  const id = row.control.slice(framework.length + 1);
  const what = row.strength === undefined ? row.coverage.replace('_', ' ') : `automated, ${row.strength}`;
  const indent = (text: string) => wrap(printable(text), width - 4).map((line) => `    ${line}`);
  const tools = Map.groupBy(row.checks, ({ tool }) => tool);
  return [
    ...wrap(printable(`${id}  ${what}  ${row.title}`), width - 2).map(
      (line, i) => `${i === 0 ? '' : '  '}${line}`,
    ),
    ...(row.policies.length === 0
      ? []
      : indent(
          `policies: ${row.policies.map((one) => `${one.policy_id} (${one.strength}${one.guardrail ? ', guardrail' : ''})`).join(', ')}`,
        )),
    ...(row.checks.length === 0
      ? []
      : indent(
          `${row.policies.length === 0 ? 'only ' : ''}checks of other tools: ${[...tools].map(([tool, checks]) => `${tool} ${checks.length}`).join(', ')}`,
        )),
    ...(row.not_in_effect === 0 ? [] : indent(`links not in effect on the day: ${row.not_in_effect}`)),
    ...(row.stated === row.coverage
      ? []
      : indent(`the framework file calls it ${row.stated.replace('_', ' ')}; exhibit policy lint says more`)),
  ];
}
