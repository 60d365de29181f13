import { Cutter, type Piece } from './split.ts';

/**
 * The JSON values of a text, as the bytes they came in: the items of one array around everything, or values one after the other. What an
 * event is known by are its own bytes, however many others it came with.
 * @param bytes UTF-8; attacker-controlled
 * @param limit longest value in bytes
 */
export function piecesOf(bytes: Uint8Array, limit: number): Piece[] {
  const cutter = new Cutter(limit);
  // The bytes of a piece hold only until the next one is taken.
  const own = (piece: Piece): Piece => ({
    ...piece,
    bytes: piece.bytes === undefined ? undefined : Buffer.from(piece.bytes),
  });
  const pieces: Piece[] = [];
  for (const piece of cutter.take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)))
    pieces.push(own(piece));
  for (const piece of cutter.end()) pieces.push(own(piece));
  return pieces;
}
