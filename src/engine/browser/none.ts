/** In a browser: what the engine asks of Node's V8 and has no need of there. */
export const setFlagsFromString = (): void => undefined;
export const createRequire = (): never => {
  throw new Error('a browser has no packages');
};
export const runInNewContext = (): (() => void) => () => undefined;
