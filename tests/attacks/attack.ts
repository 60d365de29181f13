/** Who does it. What each may do stands in docs/threat-model.md. */
export type Opponent =
  | 'insider'
  | 'key thief'
  | 'storage administrator'
  | 'operator'
  | 'emitter'
  | 'outsider';

/**
 * A command, and what it must answer after the attack. The page shows the command as it is run here; only the words in capitals stand for
 * something that the scene made (`FOLDER`, `KEY`).
 */
export interface Answer {
  command: string;
  exit: 0 | 1 | 2 | 3;
  /** Stands in the answer: the error code, then the place. Of the untouched copy it never stands there together. */
  says: readonly string[];
  /** What the same command ends with on the untouched copy. @default 0 */
  honest?: 0 | 1 | 3;
}

export interface Attack {
  /** Number in the list of attacks, with a letter where it has more than one shape. */
  id: string;
  attack: string;
  opponent: Opponent;
  /** What the opponent does. */
  does: string;
  /** Commands that do not see it: what the attack succeeds against. What they say of the level is asserted too. */
  blind?: readonly Answer[];
  /** Commands that see it. */
  seen: readonly Answer[];
  /** Commands that show that it changed nothing of what counts. With neither these nor any that see it, the attack is not defended. */
  holds?: readonly Answer[];
  /** True: what holds is not enough. */
  undefended?: true;
  /** What the defence does not cover. */
  remains: string;
  /** Does it, on a real store. */
  perform(): Promise<Scene>;
}

/** Values of the words in capitals, after the attack and on a copy that nobody touched. */
export interface Scene {
  attacked: Words;
  honest: Words;
}
export type Words = Readonly<Record<string, string>>;

export interface Family {
  name: string;
  title: string;
  attacks: readonly Attack[];
  /** Ends what the family started. */
  close?(): Promise<void>;
}
