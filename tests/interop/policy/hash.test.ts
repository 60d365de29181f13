import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileHash, findOpa, generateBundleKey } from '../../../src/policy/index.ts';
import { opaSign } from './opa-cli.ts';

const key = generateBundleKey();

/** JSON text as people and machines write it: numbers in odd forms, escapes, separators, any key order, white space. */
const numeral = fc.constantFrom(
  '0',
  '-0',
  '1.0',
  '1.10',
  '1e3',
  '1E+3',
  '1e-7',
  '9007199254740993',
  '-1.5e300',
  '0.1',
  '1e400',
);
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '<&>',
      '\u2028',
      '\u2029',
      '\u007f',
      '\u0000\b\f\n\r\t',
      '"\\/',
      '\u{1F600}',
      '\uFFFD',
      '\uE000',
      '__proto__',
    ),
  )
  .map((value) => JSON.stringify(value.toWellFormed()));
const escaped = fc.constantFrom(
  '"\\u003c"',
  '"\\/"',
  '"\\u00e9"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"\\u2028"',
);
const space = fc.constantFrom('', ' ', '\n', '\t ');
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    numeral,
    text,
    escaped,
    fc.constantFrom('true', 'false', 'null'),
    fc
      .tuple(space, fc.array(tie('json'), { maxLength: 4 }))
      .map(([s, items]) => `[${s}${items.join(`${s},`)}${s}]`),
    fc
      .tuple(space, fc.array(fc.tuple(text, tie('json')), { maxLength: 5 }))
      .map(([s, members]) => `{${s}${members.map(([k, v]) => `${k}${s}:${s}${v}`).join(',')}}`),
  ),
}));
const object = fc
  .array(fc.tuple(text, json), { maxLength: 6 })
  .map((m) => `{${m.map(([k, v]) => `${k}: ${v}`).join(',')}}`);

describe('the hash rule', () => {
  it('gives what the real `opa sign` gives, for many odd JSON files at once', async () => {
    const opa = await findOpa(process.env);
    const files = new Map<string, Uint8Array>();
    // One call of opa signs as many files as are in the bundle: a data.json in each of 400 folders.
    for (const [i, value] of fc.sample(object, { numRuns: 400, seed: 20_261_101 }).entries())
      files.set(`d${i}/data.json`, Buffer.from(value));
    files.set('raw.rego', Buffer.from('package raw\n\n# <&>\u2028 \n'));
    const signed = await opaSign(opa, files, key.privateKeyPem);
    const { signatures } = JSON.parse(Buffer.from(signed.get('.signatures.json') ?? '').toString('utf8')) as {
      signatures: string[];
    };
    const payload = Buffer.from(signatures[0]?.split('.')[1] ?? '', 'base64url').toString('utf8');
    const listed = (JSON.parse(payload) as { files: { name: string; hash: string }[] }).files;
    const theirs = new Map(listed.map(({ name, hash }) => [name, hash]));
    expect(theirs.size).toBe(files.size);
    const different = [...files].filter(([name, data]) => theirs.get(name) !== fileHash(name, data));
    expect(different.map(([name, data]) => [name, Buffer.from(data).toString('utf8')])).toEqual([]);
  });
});
