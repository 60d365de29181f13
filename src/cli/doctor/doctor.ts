import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findRenderer, HELM, KUSTOMIZE, type Renderer } from '../../inputs/index.ts';
import { ledgerSigner } from '../../ledger/index.ts';
import { findKyverno, findOpa, installOpa } from '../../policy/index.ts';
import { type ExhibitError, formatLocation, isExhibitError } from '../../record/index.ts';
import { resolveConfig } from '../config/config.ts';
import { stateFolder, writeState } from '../config/state.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { signerText } from '../ledger/facts.ts';
import { printable, wrap } from '../terminal/text.ts';

interface Finding {
  name: string;
  ok: boolean;
  /** What is there, or what is missing. */
  text: string;
  /** What does not work without it. */
  need: string;
  /** Needed only by those who use what it is for: its absence is shown and no fault. */
  optional?: boolean;
}

/** Looks at each thing that a command may need. Exit 3 when one is missing that is not optional. */
export async function examine(
  flags: { install?: 'opa'; json?: boolean },
  context: Context,
): Promise<ExitCode> {
  const findings = [
    node(),
    await opa(flags.install === 'opa', context),
    git(),
    await duckdb(),
    await kyverno(context),
    renderer(HELM, 'check of Helm charts', context),
    renderer(KUSTOMIZE, 'check of folders with a kustomization.yaml', context),
    memory(context),
    ...(await signer(context)),
    settings(context),
  ];
  if (flags.json === true)
    context.stdout.write(`${JSON.stringify({ schemaVersion: 1, findings }, null, 2)}\n`);
  else
    for (const finding of findings)
      context.stdout.write(`${lines(finding, context.stdout.columns).join('\n')}\n`);
  return findings.every((finding) => finding.ok || finding.optional === true) ? EXIT.ok : EXIT.incomplete;
}

function lines({ name, ok, text, need, optional }: Finding, width: number): string[] {
  const [first = '', ...rest] = text
    .split('\n')
    .flatMap((line) => wrap(printable(line), Math.max(40, width - 18)));
  const out = [
    `${ok ? '✓ ok     ' : name === 'config' ? '✗ wrong  ' : optional ? '- absent ' : '✗ missing'} ${name.padEnd(7)} ${first}`,
    ...rest.map((line) => `                  ${line}`),
  ];
  return ok ? out : [...out, `                  needed for: ${need}`];
}

function node(): Finding {
  return { name: 'node', ok: true, text: process.versions.node, need: 'everything' };
}

async function opa(install: boolean, context: Context): Promise<Finding> {
  const need = 'policy test, lint and build (judging with a built bundle does not need it)';
  try {
    if (install)
      context.stderr.write('looking for opa; building it takes about two minutes where there is none\n');
    const { path, version } = await (install ? installOpa(context.env) : findOpa(context.env));
    return { name: 'opa', ok: true, text: `${version} at ${path}`, need };
  } catch (error) {
    if (!isExhibitError(error, 'TOOL_MISSING')) throw error;
    return {
      name: 'opa',
      ok: false,
      text: error.message,
      need: `${need}; get it with: exhibit doctor --install opa`,
    };
  }
}

function git(): Finding {
  const need = 'policy build from a commit, and attribution of local runs';
  try {
    return {
      name: 'git',
      ok: true,
      text: execFileSync('git', ['--version'], { encoding: 'utf8', timeout: 5_000 }).trim(),
      need,
    };
  } catch {
    return { name: 'git', ok: false, text: 'git does not run', need };
  }
}

async function duckdb(): Promise<Finding> {
  const need = 'lake and query';
  try {
    const { version } = await import('@duckdb/node-api');
    return { name: 'duckdb', ok: true, text: version(), need };
  } catch (error) {
    return { name: 'duckdb', ok: false, text: error instanceof Error ? error.message : String(error), need };
  }
}

async function kyverno(context: Context): Promise<Finding> {
  const need = 'policy test of policies written for Kyverno or as ValidatingAdmissionPolicy; nothing else';
  const named = { name: 'kyverno', optional: true, need };
  try {
    const { path, version } = await findKyverno(context.env);
    return { ...named, ok: true, text: `${version} at ${path}` };
  } catch (error) {
    if (!isExhibitError(error, 'TOOL_MISSING')) throw error;
    return { ...named, ok: false, text: `${error.message} ${error.hint ?? ''}`.trim() };
  }
}

function renderer(tool: Renderer, need: string, { env }: Context): Finding {
  const named = {
    name: tool.name,
    optional: true,
    need: `${need}; without it they are not judged, and the check is incomplete`,
  };
  try {
    return { ...named, ok: true, text: findRenderer(tool, env) };
  } catch (error) {
    if (!isExhibitError(error, 'TOOL_MISSING')) throw error;
    return { ...named, ok: false, text: `${error.message}. ${error.hint ?? ''}`.trim() };
  }
}

function memory(context: Context): Finding {
  const ok = writeState(context.env, (state) => state);
  const text = `${stateFolder(context.env)}${ok ? '' : ' cannot be written'}`;
  return { name: 'state', ok, text, need: 'noticing a bundle or a log that is older than the last one seen' };
}

/** Who signs, where the evidence that is set lies in a folder here. It is not asked: `exhibit ledger signer` does that. */
async function signer(context: Context): Promise<Finding[]> {
  const named = { name: 'signer', need: 'giving records their place in the log' };
  try {
    const evidence = resolveConfig({}, context).evidence?.value;
    if (evidence === undefined || evidence.includes('://') || !existsSync(evidence)) return [];
    const facts = await ledgerSigner(evidence);
    return facts === undefined ? [] : [{ ...named, ok: true, text: signerText(facts) }];
  } catch (error) {
    // What is wrong with the settings is said there.
    if (isExhibitError(error, 'CONFIG_INVALID') || isExhibitError(error, 'LEDGER_NOT_FOUND')) return [];
    return [{ ...named, ok: false, text: error instanceof Error ? error.message : String(error) }];
  }
}

function settings(context: Context): Finding {
  try {
    const set = Object.entries(resolveConfig({}, context)).map(
      ([key, setting]) => `${key} (${setting.from})`,
    );
    return {
      name: 'config',
      ok: true,
      text: set.length === 0 ? 'no settings; flags and defaults hold' : set.join(', '),
      need: 'check',
    };
  } catch (error) {
    return {
      name: 'config',
      ok: false,
      text: isExhibitError(error) ? settingsError(error) : String(error),
      need: 'check',
    };
  }
}

function settingsError({ message, location }: ExhibitError): string {
  const place = formatLocation(location);
  return place === '' ? message : `${message}\n${place}`;
}
