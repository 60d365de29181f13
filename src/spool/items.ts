/** What a frame of a spool holds: records and blobs, each with its kind (1 byte), its length (4, little-endian), and its bytes. */
export type Item = { kind: 'record' | 'own'; text: string } | { kind: 'blob'; bytes: Uint8Array };

const HEAD = 5;
const KINDS = ['record', 'own', 'blob'] as const;

/** @param room bytes to leave free at the beginning, for the header of the frame */
export function encodeItems(items: readonly Item[], room: number): Buffer {
  const bodies = items.map((item) => (item.kind === 'blob' ? item.bytes : Buffer.from(item.text)));
  const frame = Buffer.allocUnsafe(bodies.reduce((sum, { length }) => sum + HEAD + length, room));
  let at = room;
  for (const [index, body] of bodies.entries()) {
    frame.writeUInt8(KINDS.indexOf(items[index]?.kind ?? 'blob'), at);
    frame.writeUInt32LE(body.length, at + 1);
    frame.set(body, at + HEAD);
    at += HEAD + body.length;
  }
  return frame;
}

/** @throws RangeError where the bytes do not fit their own lengths */
export function decodeItems(bytes: Buffer): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < bytes.length; ) {
    const kind = KINDS[bytes.readUInt8(at)];
    const end = at + HEAD + bytes.readUInt32LE(at + 1);
    if (kind === undefined || end > bytes.length) throw new RangeError('lengths do not fit');
    const body = bytes.subarray(at + HEAD, end);
    items.push(kind === 'blob' ? { kind, bytes: body } : { kind, text: body.toString('utf8') });
    at = end;
  }
  return items;
}
