import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, splitJson } from './split.ts';

async function pieces(parts: readonly Uint8Array[], limit = 1_000_000): Promise<Piece[]> {
  const all: Piece[] = [];
  const chunks = (async function* () {
    yield* parts;
  })();
  // A piece may lie in its chunk: its bytes are kept as they are when it comes.
  for await (const piece of splitJson(chunks, limit))
    all.push({ ...piece, bytes: piece.bytes === undefined ? undefined : Buffer.from(piece.bytes) });
  return all;
}

const inChunks = (text: string, size: number) => {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
};
const texts = (found: readonly Piece[]) => found.map(({ bytes }) => bytes?.toString());

describe('values of a stream of JSON', () => {
  it('are those that JSON.parse sees, wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 17 }),
        fc.constantFrom(0, 2),
        async (values, size, indent) => {
          const list = await pieces(inChunks(JSON.stringify(values, null, indent), size));
          expect(list.map(({ bytes }) => JSON.parse(String(bytes)))).toEqual(
            JSON.parse(JSON.stringify(values)),
          );
          const objects = values.map((value) => ({ value }));
          const lines = await pieces(
            inChunks(objects.map((each) => JSON.stringify(each, null, indent)).join('\n'), size),
          );
          expect(lines.map(({ bytes }) => JSON.parse(String(bytes)))).toEqual(
            JSON.parse(JSON.stringify(objects)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keep quotes and slashes in long and short texts, at every place of a chunk end', async () => {
    const slashes = ['\\\\', '\\"', '\\\\\\"', '\\\\\\\\', '\\u005c', '\\n'];
    for (const length of [0, 1, 30, 46, 47, 48, 49, 50, 120])
      for (const slash of slashes) {
        const text = `[{"k":"${'x'.repeat(length)}${slash}]}"},{"a":1}]`;
        for (let size = 1; size <= text.length; size += 1)
          expect(texts(await pieces(inChunks(text, size)))).toEqual([
            text.slice(1, text.indexOf('},') + 1),
            '{"a":1}',
          ]);
      }
  });

  it('count lines, sizes and brackets', async () => {
    const found = await pieces([Buffer.from('[\n{"a":[[1]]},\n\n  {"b":\n2},"text",7]')]);
    expect(found.map(({ line, size, depth }) => [line, size, depth])).toEqual([
      [2, 11, 3],
      [4, 8, 1],
      [5, 6, 0],
      [5, 1, 0],
    ]);
  });

  it('show an array that does not end, and a value that does not', async () => {
    expect(texts(await pieces([Buffer.from('[{"a":1},')]))).toEqual(['{"a":1}', '[']);
    expect(texts(await pieces([Buffer.from('[{"a":1},{"b":"')]))).toEqual(['{"a":1}', '{"b":"']);
  });

  it('pass over a value that is too long, and go on', async () => {
    const long = `{"a":"${'x'.repeat(50)}"}`;
    const found = await pieces(inChunks(`[${long},{"b":1}]`, 7), 20);
    expect(texts(found)).toEqual([undefined, '{"b":1}']);
    expect(found[0]).toMatchObject({ size: long.length });
  });
});
