import { createHash } from 'node:crypto';
import { canonicalize, isPlainName, mostBytes, redactText, toHex } from '../../record/index.ts';

/** Longest details of a record in bytes of canonical JSON; a record has at most 65,535. */
const MOST_DETAILS = 24_000;
const REMEMBERED = 10_000;

/** Takes what looks like a credential out of texts of a report. The same words come again and again: each is cleaned once. */
export class Cleaner {
  /** The texts that came last, and those before them: what still comes moves on, so that ids do not push out words. */
  #known = new Map<string, string>();
  #before = new Map<string, string>();

  text(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const cleaned = this.#before.get(text) ?? redactText(text.toWellFormed());
    if (text.length < 1_024) this.#remember(text, cleaned);
    return cleaned;
  }

  #remember(text: string, cleaned: string): void {
    if (this.#known.size >= REMEMBERED) {
      this.#before = this.#known;
      this.#known = new Map();
    }
    this.#known.set(text, cleaned);
  }

  /** The member `details` of a record; none where nothing is to be said. What is too long is left out by its largest members, which are named. */
  details(value: Record<string, unknown>): { details?: Record<string, never> } {
    const cleaned = this.#json(value) as Record<string, unknown>;
    if (Object.keys(cleaned).length === 0) return {};
    return { details: fitting(cleaned) as Record<string, never> };
  }

  #json(value: unknown): unknown {
    if (typeof value === 'string') return clip(this.text(value), 8_000);
    if (typeof value === 'number')
      return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
        ? value
        : String(value);
    if (Array.isArray(value)) return value.map((each) => this.#json(each));
    if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
    const cleaned: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(value))
      if (each !== undefined) put(cleaned, this.text(key), this.#json(each));
    return cleaned;
  }
}

/** As data, also where the name is `__proto__`. */
function put(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') members[name] = value;
  else Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
}

function fitting(details: Record<string, unknown>): Record<string, unknown> {
  const size = (value: unknown) => Buffer.byteLength(canonicalize(value));
  if (mostBytes(details) <= MOST_DETAILS || size(details) <= MOST_DETAILS) return details;
  const bySize = Object.entries(details).sort(([, a], [, b]) => size(b) - size(a));
  const left: string[] = [];
  const rest = { ...details };
  for (const [key] of bySize) {
    delete rest[key];
    left.push(key.slice(0, 64));
    if (size(rest) <= MOST_DETAILS - 2_000) break;
  }
  return {
    ...rest,
    left_out: left.slice(0, 20),
    left_out_because: `longer than ${MOST_DETAILS} bytes; the report has them`,
  };
}

/** A text of at most `most` UTF-16 units; a longer one is cut, says so, and stays distinct by its digest. */
export function clip(text: string, most: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= most) return whole;
  const mark = `… (cut, ${whole.length} characters, sha256:${toHex(createHash('sha256').update(whole).digest()).slice(0, 16)})`;
  return (whole.slice(0, Math.max(0, most - mark.length)) + mark).toWellFormed();
}

/** A name as records take it: in the form NFC, without characters that are not seen, and not longer than 256. */
export function plainName(name: string): string {
  if (name.length <= 256 && isPlainName(name)) return name;
  const seen = [...name.toWellFormed().normalize('NFC')]
    .filter((each) => each === ' ' || isPlainName(each))
    .join('')
    .trim();
  return clip(seen === '' ? 'unnamed' : seen, 200).trim();
}
