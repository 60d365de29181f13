/**
 * An object with fields that are made when somebody first reads them, and kept. A copy by spread reads all of them.
 * @param makers one function a field; what it throws, the reader gets
 */
export function withLazy<T extends object, L extends object>(
  plain: T,
  makers: { readonly [K in keyof L]: () => L[K] },
): T & L {
  for (const name of Object.keys(makers) as (keyof L & string)[])
    Object.defineProperty(plain, name, {
      enumerable: true,
      configurable: true,
      get() {
        const value = makers[name]();
        Object.defineProperty(plain, name, { value, enumerable: true, configurable: true, writable: true });
        return value;
      },
    });
  return plain as T & L;
}
