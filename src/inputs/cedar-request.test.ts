import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cedarReference, formatCedarReference, parseInput } from './index.ts';

const read = (value: unknown, file = 'request.json') =>
  parseInput(file, new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
const kinds = (value: unknown, file?: string) => read(value, file).documents.map(({ kind }) => kind);

/** As Cedar's own examples write a request (cedar-policy/cedar-examples, document_cloud). */
const asked = {
  principal: 'User::"bob"',
  action: 'Action::"ViewDocument"',
  resource: 'Document::"alice_public"',
  context: { is_authenticated: true },
};

describe('a request to Cedar', () => {
  it.each<[string, unknown]>([
    ['in texts', asked],
    ['in objects', { ...asked, principal: { type: 'User', id: 'bob' } }],
    ['with the escape of entities', { ...asked, resource: { __entity: { type: 'A::B', id: '' } } }],
    ['without a context', { principal: asked.principal, action: asked.action, resource: asked.resource }],
    ['with entities', { ...asked, entities: [] }],
  ])('is found %s', (_, value) => expect(kinds(value)).toEqual(['cedar-request']));

  it('is each of a list, with its own place', () => {
    const { documents } = read(JSON.stringify([asked, asked], undefined, 1));
    expect(documents.map(({ kind, index, value }) => [kind, index, value])).toEqual([
      ['cedar-request', 0, asked],
      ['cedar-request', 1, asked],
    ]);
    expect(documents[1]?.locate(['action'])).toMatchObject({ line: 12 });
  });

  it.each<[string, unknown]>([
    ['a further field', { ...asked, contexts: {} }],
    ['no action', { principal: asked.principal, resource: asked.resource }],
    ['a principal that is no entity', { ...asked, principal: 'bob' }],
    ['a type that is no name', { ...asked, principal: { type: 'User ', id: 'bob' } }],
    ['a reference with a third field', { ...asked, principal: { type: 'User', id: 'bob', name: 'Bob' } }],
    ['an unknown principal', { ...asked, principal: null }],
    ['a context that is a list', { ...asked, context: [] }],
    ['entities that are none', { ...asked, entities: {} }],
    ['an empty list', []],
    ['a list with another thing', [asked, {}]],
    ['an identity policy of AWS', { Version: '2012-10-17', Statement: [] }],
  ])('is not a document with %s', (_, value) => expect(kinds(value)).toEqual(['json']));

  it('is JSON, whatever the name of the file, and not YAML', () => {
    expect(kinds(asked, 'request')).toEqual(['cedar-request']);
    expect(kinds(asked, 'request.yaml')).toEqual(['yaml']);
  });
});

/** Any code point that a text can hold. */
const codePoint = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0xa0, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
);

describe('a reference', () => {
  // Escapes as the Cedar grammar has them: those of Rust's strings, and \* not.
  it.each<[string, { type: string; id: string } | undefined]>([
    ['A::B::"c"', { type: 'A::B', id: 'c' }],
    ['User::"a\\"b\\\\"', { type: 'User', id: 'a"b\\' }],
    ['User::"\\u{1F600}\\x41\\0\\n"', { type: 'User', id: '\u{1F600}A\0\n' }],
    ['User::"a"b"', undefined],
    ['User::"\\q"', undefined],
    ['User::"\\xff"', undefined],
    ['User::"\\u{d800}"', undefined],
    ['User::"a" ', undefined],
    ['"a"', undefined],
    ['1User::"a"', undefined],
  ])('%s', (text, expected) => expect(cedarReference(text)).toEqual(expected));

  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(fc.array(codePoint), (points) => {
        const id = String.fromCodePoint(...points);
        const uid = { type: 'A::B', id };
        expect(cedarReference(formatCedarReference(uid))).toEqual(uid);
      }),
    );
  });
});
