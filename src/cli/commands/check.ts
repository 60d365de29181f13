import { Option } from 'commander';
import { ExhibitError, LAYERS, SEVERITIES } from '../../record/index.ts';
import { collect, command, type Define } from '../command.ts';
import type { ColorChoice } from '../terminal/color.ts';
import { number } from '../usage.ts';

interface Flags {
  layer?: 'pre-commit' | 'ci';
  bundle?: string;
  bundleKey: string[];
  failOn?: 'any' | 'none' | (typeof SEVERITIES)[number];
  failOnKnown?: 'any' | (typeof SEVERITIES)[number];
  baseline?: string;
  writeBaseline?: string;
  changedSince?: string;
  advisory?: boolean;
  expectPreCommit?: string | true;
  requirePreCommit?: boolean;
  effectiveTime?: string;
  environment?: string;
  evidence?: string;
  emitter?: string;
  helmValues: string[];
  maxInputSize?: number;
  acceptLineage?: string;
  acceptClock?: boolean;
  attest?: string;
  attestKey?: string;
  attestDays?: number;
  output: string[];
  quiet?: boolean;
}

/** `exhibit check PATH...` */
export const check: Define = (program, invoke) => {
  command(program, 'check', 'judge files and folders with a signed bundle', [
    'exhibit check infra/plan.json k8s/',
    'exhibit check . --fail-on medium -o table -o sarif=out.sarif',
    'exhibit check k8s/ --evidence ../evidence',
    'exhibit check k8s/ --attest pass.sigstore.json --attest-key attest.pem',
  ])
    .argument(
      '<path...>',
      'files and folders: Terraform plans, templates, Kubernetes manifests, charts, Dockerfiles, pipelines, YAML, JSON, TOML, INI',
    )
    .addOption(
      new Option('--layer <layer>', 'layer that speaks (default: ci)').choices(
        LAYERS.filter((layer) => layer === 'pre-commit' || layer === 'ci'),
      ),
    )
    .option('--bundle <file>', 'signed bundle (default: .exhibit/bundle.tar.gz)')
    .option(
      '--bundle-key <file>',
      'public key of which one must have signed the bundle; repeatable',
      collect,
      [],
    )
    .option(
      '--accept-lineage <name>',
      'take a bundle of this policy repository, though one of another was used from there before',
    )
    .option(
      '--accept-clock',
      'judge though the clock is before the latest time at which a bundle was used here',
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'severity at and above which a violation blocks (default: high in ci, any in pre-commit)',
      ).choices([...SEVERITIES, 'any', 'none']),
    )
    .option('--baseline <file>', 'violations that are known: shown, and below --fail-on-known not blocking')
    .option('--write-baseline <file>', 'write what fails now as a baseline')
    .option(
      '--changed-since <ref>',
      'ask git what changed since this commit: what fails elsewhere is known, as by a baseline',
    )
    .addOption(
      new Option(
        '--fail-on-known <severity>',
        'severity at and above which a known violation blocks like a new one; never none (default: high)',
      ).choices([...SEVERITIES, 'any']),
    )
    .option('--advisory', 'say what would block, and block nothing; every output and record says so')
    .option(
      '--expect-pre-commit [place]',
      'with --changed-since: say which commits have no record of a hook in this evidence folder or server (default: the setting evidence)',
    )
    .option('--require-pre-commit', 'and end with 3 where there is one')
    .option('--environment <name>', 'environment that it is for, for subjects that state none')
    .option('--effective-time <time>', 'judge as of another time: a simulation, nothing is enforced')
    .option(
      '--evidence <place>',
      'evidence folder in which every verdict is recorded, or URL of a server (token in EXHIBIT_TOKEN)',
    )
    .option('--emitter <name>', 'name under which the records are numbered (default: exhibit@<host>)')
    .option('--attest <file>', 'sign a summary of a run that passes: FILE.intoto.jsonl or FILE.sigstore.json')
    .option('--attest-key <key>', 'private key for it: a PEM file, or env://NAME')
    .option('--attest-days <days>', 'most days for which it holds (default: 7)', number(1, 90))
    .option('--helm-values <file>', 'values for charts of Helm; repeatable, the last one wins', collect, [])
    .option('--max-input-size <bytes>', 'largest input file', number(1))
    .option(
      '-o, --output <format>',
      'table, plain, json, ndjson, sarif, junit, github, gitlab or markdown; FORMAT=FILE writes a file; repeatable',
      collect,
      [],
    )
    .option('-q, --quiet', 'no progress line')
    .action((paths: string[], flags: Flags) =>
      invoke(async (context) => {
        const [{ resolveConfig }, { runCheck }, { emit }] = await Promise.all([
          import('../config/config.ts'),
          import('../check/run.ts'),
          import('../output/emit.ts'),
        ]);
        const config = resolveConfig(
          {
            ...(flags.layer === undefined ? {} : { layer: flags.layer }),
            ...(flags.bundle === undefined ? {} : { bundle: flags.bundle }),
            ...(flags.bundleKey.length === 0 ? {} : { bundle_keys: flags.bundleKey }),
            ...(flags.failOn === undefined ? {} : { fail_on: flags.failOn }),
            ...(flags.failOnKnown === undefined ? {} : { fail_on_known: flags.failOnKnown }),
            ...(flags.evidence === undefined ? {} : { evidence: flags.evidence }),
            ...(flags.emitter === undefined ? {} : { emitter: flags.emitter }),
            ...(flags.helmValues.length === 0 ? {} : { helm_values: flags.helmValues }),
            ...(flags.maxInputSize === undefined ? {} : { max_input_size: flags.maxInputSize }),
          },
          context,
        );
        const { color } = program.opts<{ color: ColorChoice }>();
        // It would stand for the whole working folder.
        if (paths.includes(''))
          throw new ExhibitError('USAGE', 'a path is empty', { hint: 'Name the working folder as `.`.' });
        const targets = emit.targets(flags.output, context);
        const attest =
          flags.attest === undefined && flags.attestKey === undefined && flags.attestDays === undefined
            ? undefined
            : (await import('../attest/attest-run.ts')).attestRequest(flags, config, context);
        const report = await runCheck(
          paths,
          config,
          {
            effectiveTime: flags.effectiveTime,
            quiet: flags.quiet === true,
            ...(flags.environment === undefined ? {} : { environment: flags.environment }),
            advisory: flags.advisory === true,
            baseline: flags.baseline,
            writeBaseline: flags.writeBaseline,
            changedSince: flags.changedSince,
            expectPreCommit: flags.expectPreCommit,
            requirePreCommit: flags.requirePreCommit === true,
            accepted: { lineage: flags.acceptLineage, clock: flags.acceptClock },
            attest,
            unrecorded: (found) => emit.report(found, targets, color, context),
          },
          context,
        );
        emit.report(report, targets, color, context);
        return report.exit_code;
      }),
    );
};
