import { ExhibitError } from '../../record/index.ts';

export interface ControlFlags {
  framework?: string | undefined;
  control?: string | undefined;
}

/**
 * The one way in which commands read a control: `--control soc2/cc6.1` is both, `--control cc6.1` is of `--framework`.
 * @throws ExhibitError USAGE where the two name different frameworks, or a part is empty
 */
export function controlOf({ framework, control }: ControlFlags): ControlFlags {
  const [first = '', ...rest] = control?.split('/') ?? [];
  if (control === undefined || rest.length === 0) return { framework, control };
  const [name = '', ...more] = rest;
  if (first === '' || name === '' || more.length > 0)
    throw new ExhibitError('USAGE', `--control ${JSON.stringify(control)} is not FRAMEWORK/CONTROL`, {
      hint: 'Example: --control soc2/cc6.1',
    });
  if (framework !== undefined && framework !== first)
    throw new ExhibitError('USAGE', `--control ${control} is not of the framework ${framework}`);
  return { framework: first, control: name };
}
