/** What the address of a resource in a plan names. Instance keys are left out: all instances share one block. */
export interface ResourceAddress {
  /** Names of the modules from the root down. */
  modules: string[];
  mode: 'managed' | 'data';
  type: string;
  name: string;
}

/**
 * Takes an address apart, such as `module.net["a.b"].module.sub[0].data.aws_ami.x["k\"]"]`.
 * @param address attacker-controlled
 * @returns undefined when it is no resource address
 */
export function parseAddress(address: string): ResourceAddress | undefined {
  const names = segments(address);
  if (names === undefined) return undefined;
  const modules: string[] = [];
  let at = 0;
  while (names[at] === 'module') {
    modules.push(names[at + 1] ?? '');
    at += 2;
  }
  const mode = names[at] === 'data' ? 'data' : 'managed';
  if (mode === 'data') at += 1;
  const [type, name] = [names[at], names[at + 1]];
  if (type === undefined || name === undefined || names.length !== at + 2) return undefined;
  return { modules, mode, type, name };
}

/** Names between the dots, without instance keys in brackets. */
function segments(address: string): string[] | undefined {
  const names: string[] = [];
  let name = '';
  for (let at = 0; at < address.length; at += 1) {
    const character = address[at] as string;
    if (character === '.') {
      names.push(name);
      name = '';
    } else if (character === '[') {
      at = endOfKey(address, at);
      if (at < 0) return undefined;
    } else name += character;
  }
  names.push(name);
  return names.every((one) => one !== '') ? names : undefined;
}

/** Offset of the bracket that closes an instance key: a number, or a string in which `]` and an escaped quote may stand. */
function endOfKey(address: string, start: number): number {
  if (address[start + 1] !== '"') return address.indexOf(']', start);
  for (let at = start + 2; at < address.length; at += 1) {
    if (address[at] === '\\') at += 1;
    else if (address[at] === '"') return address[at + 1] === ']' ? at + 1 : -1;
  }
  return -1;
}
