import { isObject, type Marks, own } from './redact-marks.ts';

/**
 * Marks the defaults of what a file itself declares to be secret: a parameter of CloudFormation with NoEcho, a variable of
 * Terraform source with sensitive. Whatever is written there counts as true but false.
 * @param value attacker-controlled
 */
export function markDeclared(value: unknown, marks: Marks): void {
  const parameters = own(value, 'Parameters');
  if (isObject(parameters)) {
    for (const name of Object.keys(parameters))
      if (isOn(own(parameters[name], 'NoEcho')) && own(parameters[name], 'Default') !== undefined)
        marks.down('Parameters').down(name).down('Default').set('credential-shape');
  }
  const variables = own(value, 'variable');
  if (!isObject(variables)) return;
  for (const name of Object.keys(variables)) {
    const blocks = variables[name];
    if (!Array.isArray(blocks)) continue;
    blocks.forEach((block: unknown, i) => {
      if (isOn(own(block, 'sensitive')) && own(block, 'default') !== undefined)
        marks.down('variable').down(name).down(i).down('default').set('credential-shape');
    });
  }
}

const isOn = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && String(value).toLowerCase() !== 'false';
