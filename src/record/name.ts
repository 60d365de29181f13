/** What is not seen, or turns the writing around, or ends a line. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const USUAL = /^[!-~]+(?: [!-~]+)*$/;

/** Whether a text has no character that is not seen, and is in the one form (NFC) that looks like it. */
export function isSeen(text: string): boolean {
  return USUAL.test(text) || (!UNSEEN.test(text) && text.normalize('NFC') === text);
}

/** Whether a name is what it looks like: seen whole, without white space at its ends. */
export function isPlainName(name: string): boolean {
  return isSeen(name) && name.trim() === name;
}

/** Names of emitters that only Exhibit itself sends with. */
const RESERVED = 'exhibit.';
const OWN = 'exhibit.ledger';

/**
 * Whether the name of an emitter is, or looks like, one of Exhibit itself: in any case and any compatible form of its letters.
 * The ledger's own name is left to the ledger, which takes it from nobody.
 */
export function isReservedEmitter(name: string): boolean {
  return name !== OWN && name.normalize('NFKC').toLowerCase().startsWith(RESERVED);
}
