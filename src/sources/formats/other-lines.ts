/** The note of a run whose log has other lines, too, between those that tell something. @param what of which they tell none */
export function otherLines(count: number, what: string): { note?: string } {
  return count === 0 ? {} : { note: `${count} line${count === 1 ? ' tells' : 's tell'} no ${what}` };
}
