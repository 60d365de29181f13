import { QUERIES, type QueryTemplate } from '../../lake/index.ts';

/** A saved question that says something of one control, and the flags that ask it. */
export interface Fitting {
  name: string;
  title: string;
  question: string;
  flags: string[];
}

/**
 * Questions that fit a control: those about one control, and those about its framework, which have a row for it. `evidence-kinds` says
 * for each control of a framework what there is, also that there is nothing, so each control has a question that answers.
 */
export function fittingQuestions(framework: string, control: string): Fitting[] {
  const fitting = QUERIES.flatMap((query): Fitting[] => {
    const needs = new Set(query.parameters.map(({ name }) => name));
    if (!needs.has('framework') || !asksNothingElse(query)) return [];
    const flags = needs.has('control')
      ? ['--control', `${framework}/${control}`]
      : ['--framework', framework];
    return [{ name: query.name, title: query.title, question: query.question, flags }];
  });
  // Those about the control itself first.
  return [
    ...fitting.filter(({ flags }) => flags[0] === '--control'),
    ...fitting.filter(({ flags }) => flags[0] !== '--control'),
  ];
}

const GIVEN: ReadonlySet<string> = new Set(['framework', 'control', 'from', 'to']);

function asksNothingElse({ parameters }: QueryTemplate): boolean {
  return parameters.every(({ name }) => GIVEN.has(name));
}
