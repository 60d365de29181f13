/** The few parts of a browser that the page needs, so that the rest of the project is not compiled as if it ran in one. */
export interface Element {
  textContent: string | null;
  value: string;
  disabled: boolean;
  className: string;
  readonly files: ArrayLike<GivenFile> | null;
  append(...nodes: (Element | string)[]): void;
  replaceChildren(...nodes: Element[]): void;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, listener: (event: Happened) => void): void;
  focus(): void;
}

export interface GivenFile {
  readonly name: string;
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface Happened {
  preventDefault(): void;
  readonly dataTransfer: { readonly files: ArrayLike<GivenFile> } | null;
}

interface Browser {
  document: {
    readonly body: Element;
    getElementById(id: string): Element | null;
    createElement(tag: string): Element;
  };
}

const { document } = globalThis as unknown as Browser;

/** Where files may be dropped. */
export const body = document.body;

/** @throws TypeError where the page has no such element */
export function byId(id: string): Element {
  const found = document.getElementById(id);
  if (found === null) throw new TypeError(`the page has no ${id}`);
  return found;
}

/** An element with text in it: text of a pack is never markup. */
export function element(tag: string, content: string | readonly Element[] = '', className = ''): Element {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  if (typeof content === 'string') made.textContent = content;
  else made.append(...content);
  return made;
}
