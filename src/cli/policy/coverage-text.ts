import type { ControlCoverage, FrameworkCoverage } from '../../policy/index.ts';
import { columns, printable, wrap } from '../terminal/text.ts';

/** Coverage in words and tables, at most `width` columns wide. What is missing is said as plainly as what is there. */
export function coverageText(frameworks: readonly FrameworkCoverage[], day: string, width: number): string[] {
  return frameworks.flatMap((framework, i) => [
    ...(i === 0 ? [] : ['']),
    ...summary(framework, day, width),
    ...layers(framework),
    '',
    ...framework.controls.flatMap((control) => controlText(control, framework.framework, width)),
  ]);
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
