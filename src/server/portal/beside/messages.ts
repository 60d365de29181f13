import type {
  Act,
  BundleIndexes,
  Continuation,
  ControlReport,
  Readers,
  AuditReport as Report,
  Scope,
} from '../../../audit/index.ts';
import type { Failed } from '../../../lake/index.ts';

/** What is done beside the server, in a process of its own. */
export type WorkQuestion =
  | {
      kind: 'model';
      folder: string;
      engagement: string;
      scope: Scope;
      now: number;
      /** File with the settings of findings; undefined: that of the working folder, where there is one. */
      respond: string | undefined;
      /** Who may call this server, by its settings. */
      callers: Readers['callers'];
      verification: Verification;
    }
  | { kind: 'verify'; folder: string };

export type Verification = Report['standing']['verification'];

export type WorkMessage =
  | { kind: 'progress'; what: string; done: number; total: number }
  | { kind: 'model'; model: Model }
  | { kind: 'late'; size: number; pages: LatePages }
  | { kind: 'verified'; verification: Verification }
  | Failed
  | { kind: 'done' };

/** Pages that need each verdict of the log, in its order: they come after the others. */
export const LATE = ['drift', 'engineer', 'lead'] as const;
export type LatePages = Readonly<Record<(typeof LATE)[number], RenderedPage>>;

/** A document of a report, rendered: markup is made by src/web alone. */
export interface RenderedPage {
  title: string;
  warnings: readonly string[];
  lead: readonly string[];
  sections: readonly { id: string; title: string; html: string }[];
  footer: string;
}

/** What the pages of an engagement are made of, at one size of the log. */
export interface Model {
  scope: Scope;
  /** When it was read, Unix milliseconds. */
  read_at: number;
  standing: Report['standing'];
  checkpoint: Report['checkpoint'];
  framework: Report['framework'];
  denominators: Report['denominators'];
  totals: Report['totals'];
  controls: readonly ControlLine[];
  /** Policies whose records an auditor of this framework may see. */
  policies: readonly string[];
  questions: Report['questions'];
  continuations: readonly Continuation[];
  acts: readonly Act[];
  /** Where the log announces the bundles that decisions name. */
  bundles: BundleIndexes;
  /** By name: `coverage`, `control/cc6.1`, ... */
  pages: Readonly<Record<string, RenderedPage>>;
}

export type ControlLine = Pick<
  ControlReport,
  'id' | 'title' | 'kind' | 'decisions' | 'pass' | 'fail' | 'waived' | 'undecided' | 'exceptions'
> &
  Pick<ControlReport, 'days_expected' | 'days_with_evidence'> & {
    /** Manual evidence that was handed in up to the last day, and what of it was in force then. */
    documents: { handed_in: number; in_force: number };
  };
