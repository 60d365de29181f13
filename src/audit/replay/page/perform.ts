import {
  AloneJudge,
  AloneStackJudge,
  type Compiled,
  inputValue,
  policiesFor,
} from '../../../engine/index.ts';
import type { InputDocument } from '../../../inputs/index.ts';
import { isRegoPolicy, judgesKind } from '../../../policy/index.ts';
import type { Digest, Layer } from '../../../record/index.ts';
import { askable } from '../askable.ts';
import { compare } from '../compare.ts';
import type { RuleText } from '../rule-text.ts';
import { keyOf, sayAgain } from '../say.ts';
import type { Outcome } from '../types.ts';
import type { Again, PageBundle, PageDecision } from './data.ts';

/** What is performed: a decision of a page, which has all that it takes. */
export interface Performed {
  decision: Pick<PageDecision, 'index' | 'record' | 'rules'>;
  again: Again;
  /** The value as JSON. */
  input: string;
}

/** Performs decisions of one bundle again, in whatever runs WebAssembly, and compares them by the code of the command line. */
export class Performer {
  readonly #bundle: PageBundle;
  /** Of the program that performs. */
  readonly #version: string;
  readonly #rego: AloneJudge | undefined;

  private constructor(bundle: PageBundle, version: string, rego: AloneJudge | undefined) {
    this.#bundle = bundle;
    this.#version = version;
    this.#rego = rego;
  }

  /**
   * @param compiled left out for a bundle of which only policies in Cedar are asked
   * @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN
   */
  static async of(bundle: PageBundle, version: string, compiled?: Compiled): Promise<Performer> {
    return new Performer(bundle, version, compiled && (await AloneJudge.of(compiled)));
  }

  /** @throws TypeError where the bundle of a rule in Rego was given without its module; what loading Cedar throws */
  async perform({ decision: { index, record, rules }, again, input }: Performed): Promise<Outcome> {
    const { bundle: digest, overrides, facts, details, expires } = again;
    const one = askable({ record_id: record.record_id, entry: { index, record } });
    if ('reason' in one) return { outcome: 'cannot', ...one };
    const document: InputDocument = {
      ...again.document,
      value: inputValue(input),
      locate: () => ({}),
    };
    const asked = { ...one, facts, details };
    const bundle = { digest: digest as Digest, policies: [again.policy], overrides };
    // A policy that the layer does not use, or that does not judge such an input, says nothing: as at the gate.
    const [policy] = policiesFor(bundle, record.layer as Layer).filter((each) =>
      judgesKind(each, document.kind),
    );
    const judged = policy === undefined ? [] : this.#judge(again, document, rules, record.observed_at);
    const said = await sayAgain({ bundle, expires }, [asked], document, judged);
    return compare(asked, said.get(keyOf(asked)), {
      bundle: { ...bundle, opa_version: this.#bundle.opa_version },
      version: this.#version,
    });
  }

  #judge({ policy }: Again, document: InputDocument, rules: readonly RuleText[], at: string) {
    if (!isRegoPolicy(policy)) {
      const encoder = new TextEncoder();
      const files = new Map(rules.map(({ file, text }) => [file, encoder.encode(text)]));
      return new AloneStackJudge(files).judge(policy, document);
    }
    if (this.#rego === undefined) throw new TypeError('the bundle has no policy.wasm here');
    return this.#rego.judge(policy, document, Date.parse(at));
  }
}
