/** An expression that is written as it is, such as `var.target` or `file("a.json")`. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type HclValue = string | number | boolean | Expression | readonly HclValue[];

/** A block of Terraform's language: `type "label" "label" { ... }`. Attributes first, then blocks, as `terraform fmt` likes it. */
export interface HclBlock {
  type: string;
  labels?: readonly string[];
  attributes?: Readonly<Record<string, HclValue | undefined>>;
  blocks?: readonly HclBlock[];
}

/** The bytes of a `.tf` file in the form that `terraform fmt` leaves unchanged. `comment` becomes lines with #. */
export function hclFile(comment: readonly string[], blocks: readonly HclBlock[]): Uint8Array {
  const head = comment.map((line) => (line === '' ? '#\n' : `# ${line}\n`)).join('');
  return Buffer.from([head, ...blocks.map((block) => written(block, ''))].join('\n'));
}

function written({ type, labels = [], attributes = {}, blocks = [] }: HclBlock, indent: string): string {
  const head = `${indent}${[type, ...labels.map(quoted)].join(' ')} {`;
  const given = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : ([[name, value]] as const),
  );
  const inner = `${indent}  `;
  const widest = Math.max(0, ...given.map(([name]) => name.length));
  const lines = given
    .map(([name, value]) => `${inner}${name.padEnd(widest)} = ${valueText(value)}\n`)
    .join('');
  const parts = [...(lines === '' ? [] : [lines]), ...blocks.map((block) => written(block, inner))];
  return parts.length === 0 ? `${head}}\n` : `${head}\n${parts.join('\n')}${indent}}\n`;
}

function valueText(value: HclValue): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'object') return `[${value.map(valueText).join(', ')}]`;
  return String(value);
}

/** A text in quotes, in which nothing is a template: `${` and `%{` are doubled (HCL, "Template Expressions"). */
export function quoted(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')
    .replace(/[$%](?=\{)/g, '$&$&');
  return `"${escaped}"`;
}

/** An id as a name of Terraform: policy ids are lower-case words joined by -, which become _. */
export function terraformName(id: string): string {
  const name = id.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[0-9]/.test(name) ? `p_${name}` : name;
}
