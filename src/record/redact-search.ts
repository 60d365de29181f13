/** Longest part of a secret that is searched for. A string that holds this much of a secret holds too much of it. */
const SEARCHED = 64;
/** Shorter secrets (`true`, `eu-1`) are also ordinary words: only the place that the mask names is redacted. */
export const SHORTEST_SECRET = 6;

interface State {
  next: Map<number, State>;
  fail: State | undefined;
  /** A secret ends here, or at a state that this one falls back to. */
  hit: boolean;
}

/**
 * Searches for many secrets at once, in time linear in the text however many there are (Aho and Corasick, 1975): both text and
 * secrets are attacker-controlled.
 */
export class SecretSearch {
  readonly #root: State = { next: new Map(), fail: undefined, hit: false };
  readonly #empty: boolean;

  /** @param secrets values to find; each is also looked for as JSON, as a URL part and as base64 */
  constructor(secrets: Iterable<string>) {
    const forms = new Set<string>();
    for (const secret of secrets) for (const form of formsOf(secret)) forms.add(form);
    this.#empty = forms.size === 0;
    for (const form of forms) this.#add(form.slice(0, SEARCHED));
    this.#link();
  }

  /** True when a text holds one of the secrets. */
  finds(text: string): boolean {
    if (this.#empty || text.length < SHORTEST_SECRET) return false;
    let state = this.#root;
    for (let i = 0; i < text.length; i += 1) {
      state = step(state, text.charCodeAt(i), this.#root);
      if (state.hit) return true;
    }
    return false;
  }

  #add(secret: string): void {
    let state = this.#root;
    for (let i = 0; i < secret.length; i += 1) {
      const unit = secret.charCodeAt(i);
      let next = state.next.get(unit);
      if (next === undefined) {
        next = { next: new Map(), fail: undefined, hit: false };
        state.next.set(unit, next);
      }
      state = next;
    }
    state.hit = true;
  }

  #link(): void {
    const queue: State[] = [this.#root];
    for (const state of queue) {
      for (const [unit, child] of state.next) {
        child.fail = state === this.#root ? this.#root : step(state.fail ?? this.#root, unit, this.#root);
        child.hit ||= child.fail.hit;
        queue.push(child);
      }
    }
  }
}

function step(from: State, unit: number, root: State): State {
  for (let state: State | undefined = from; state !== undefined; state = state.fail) {
    const next = state.next.get(unit);
    if (next !== undefined) return next;
  }
  return root;
}

function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST_SECRET) return [];
  const forms = [secret, JSON.stringify(secret).slice(1, -1)];
  if (secret.isWellFormed()) forms.push(encodeURIComponent(secret));
  return [...forms, ...base64(secret)];
}

/** The base64 of a secret that stands at the start of what was encoded, without the part that depends on what follows. */
function base64(secret: string): string[] {
  let binary = '';
  for (const byte of new TextEncoder().encode(secret.slice(0, SEARCHED))) binary += String.fromCharCode(byte);
  const whole = btoa(binary.slice(0, binary.length - (binary.length % 3)));
  return whole.length >= 8 ? [whole] : [];
}
