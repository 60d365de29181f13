/** Names sort in the order in which one writer wrote them; writers start with a UUIDv7, so roughly by time. */
export function walName(writer: string, generation: number): string {
  return `${writer}-${String(generation).padStart(8, '0')}`;
}
