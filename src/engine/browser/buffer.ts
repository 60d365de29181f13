/** In a browser: what the engine takes of Node's Buffer. */
const encoder = new TextEncoder();

class Bytes extends Uint8Array {
  override toString(form?: 'hex' | 'base64url'): string {
    switch (form) {
      case 'hex':
        return [...this].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      case 'base64url':
        return btoa(String.fromCodePoint(...this))
          .replaceAll('+', '-')
          .replaceAll('/', '_')
          .replaceAll('=', '');
      default:
        return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this);
    }
  }
}

/** As Node reads it: what follows the first pair that is no hexadecimal is left out. */
function fromHex(text: string): Bytes {
  const [valid = ''] = /^(?:[0-9a-f]{2})*/i.exec(text) ?? [];
  return new Bytes((valid.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}

export const Buffer = {
  from(value: string | Uint8Array, form?: 'hex'): Bytes {
    if (typeof value !== 'string') return new Bytes(value);
    return form === 'hex' ? fromHex(value) : new Bytes(encoder.encode(value));
  },
  byteLength: (text: string): number => encoder.encode(text).length,
  compare(a: Uint8Array, b: Uint8Array): number {
    for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
      const difference = (a[at] ?? 0) - (b[at] ?? 0);
      if (difference !== 0) return Math.sign(difference);
    }
    return Math.sign(a.length - b.length);
  },
};
