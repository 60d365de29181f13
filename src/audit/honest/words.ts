/** Why there is nothing to answer from: nothing is there, or what is there was made up. @param none said where nothing was found at all */
export function noneCounts(thing: string, made_up: number, none: string): string {
  if (made_up === 0) return none;
  return `no ${thing} counts: ${made_up === 1 ? '1 was' : `${made_up} were`} found, made up for a demonstration`;
}

/** Said beside what counts. */
export function besides(made_up: number): string {
  return made_up === 0
    ? ''
    : `; ${made_up} more ${made_up === 1 ? 'was' : 'were'} made up for a demonstration`;
}
