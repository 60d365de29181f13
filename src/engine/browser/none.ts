/** In a browser: what the engine asks of Node's V8 and has no need of there. */
export const setFlagsFromString = (): void => undefined;
export const runInNewContext = (): (() => void) => () => undefined;
