import {
  type Files,
  findCompiler,
  lintRepository,
  overrideProblems,
  type Policy,
  type Problem,
  type Repository,
  readRepository,
} from '../../policy/index.ts';
import { type ExhibitError, isExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { asExhibitError } from './unknown-error.ts';

/** Files of overrides, as the repository reads them. */
export const isOverride = (file: string): boolean => /^overrides\/.*\.ya?ml$/.test(file);

/** What is wrong in a repository, as of some texts. */
export interface Linted {
  problems: readonly Problem[];
  /** Texts of the open files that this speaks of, by path. */
  texts: ReadonlyMap<string, string>;
  /** Why it could not be looked at. */
  failure?: ExhibitError;
}

/**
 * A policy repository that is edited: what `policy lint` says of it, with the open buffers in place of the files on the disk. One lint
 * runs at a time, and a change meanwhile makes one more run.
 */
export class PolicyFolder {
  readonly path: string;
  readonly #context: Context;
  /** Texts of the open files, by path below the repository. */
  readonly #buffers: () => Files;
  #repository: Repository | undefined;
  #problems: readonly Problem[] = [];

  constructor(path: string, context: Context, buffers: () => Files) {
    this.path = path;
    this.#context = context;
    this.#buffers = buffers;
  }

  get policies(): ReadonlyMap<string, Policy> {
    return new Map((this.#repository?.policies ?? []).map((policy) => [policy.id, policy]));
  }

  /** Where the rule of a policy lies, below the repository. */
  fileOf(policy: string): string | undefined {
    return this.#repository?.policies.find(({ id }) => id === policy)?.file;
  }

  /** True where an approver has signed this file. */
  isSigned(file: string): boolean {
    return this.#repository?.files.has(`${file}.sig`) === true;
  }

  /** Everything that lint finds; asks the compiler, so it takes a second or more for a large repository. */
  async lint(): Promise<Linted> {
    const over = this.#buffers();
    const texts = textsOf(over);
    try {
      const opa = await findCompiler(this.#context.env);
      const repository = await readRepository(this.path, {
        opa,
        now: this.#context.clock(),
        over,
      });
      this.#repository = repository;
      this.#problems = await lintRepository(repository, { opa });
      return { problems: this.#problems, texts };
    } catch (error) {
      return { problems: [], texts, failure: isExhibitError(error) ? error : asExhibitError(error) };
    }
  }

  /** What lint finds in overrides, with the policies as they were read last: in a few milliseconds. */
  async lintOverrides(): Promise<Linted> {
    const repository = this.#repository;
    if (repository === undefined) return this.lint();
    const over = this.#buffers();
    const texts = textsOf(over);
    try {
      const files = new Map([...repository.files, ...over]);
      const found = await overrideProblems(repository, files, this.#context.clock());
      const others = this.#problems.filter(({ location }) => !isOverride(location.file ?? ''));
      this.#problems = [...others, ...found];
      return { problems: this.#problems, texts };
    } catch (error) {
      return { problems: [], texts, failure: isExhibitError(error) ? error : asExhibitError(error) };
    }
  }
}

const textsOf = (files: Files): Map<string, string> =>
  new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]));
