import { ExhibitError } from '../record/index.ts';
import { ANSWER, hostCapabilities, withJudge } from './judge.ts';
import { archived, ask, check, failed, MODULES, type OpaError } from './opa.ts';
import { unpackTar } from './tar.ts';
import type { Files, Opa } from './types.ts';

/** Built-ins that OPA's compiler turns into something else, so that none of them is called at run time. */
const COMPILED_AWAY = [
  'print',
  'internal.print',
  'internal.test_case',
  'rego.metadata.chain',
  'rego.metadata.rule',
];

/** What a compiler knows to call. */
export interface Capabilities {
  builtins: { name: string; decl: unknown }[];
}

/** All that this compiler knows. @throws ExhibitError TOOL_FAILED */
export async function allCapabilities(opa: Opa): Promise<Capabilities> {
  const result = await ask(opa, { files: new Map(), args: ['capabilities', '--current'] });
  if (result.code !== 0) throw failed('capabilities', result);
  return JSON.parse(result.stdout.toString('utf8')) as Capabilities;
}

function limited(known: Capabilities, builtins: readonly string[]): Capabilities & { allow_net: string[] } {
  const allowed = new Set([...builtins, ...COMPILED_AWAY]);
  return { ...known, builtins: known.builtins.filter(({ name }) => allowed.has(name)), allow_net: [] };
}

/** The file of capabilities of policies: what this compiler knows, cut down to what the run time has. */
export async function capabilities(opa: Opa, builtins: readonly string[]): Promise<string> {
  return JSON.stringify(limited(await allCapabilities(opa), builtins));
}

/**
 * Compiles a bundle's modules to one WebAssembly module whose built-ins answer as those of OPA's interpreter.
 * @param files modules and `.manifest`, tests left out
 * @param rules what may be asked of it: name and reference
 * @param builtins names that the run time has; a call of another one stops the build
 * @param asked what `allCapabilities` says, where it was asked before
 * @throws ExhibitError POLICY_BUILTIN naming built-in, file and line; POLICY_INVALID for other compile errors
 */
export async function compile(
  opa: Opa,
  files: Files,
  rules: ReadonlyMap<string, string>,
  builtins: readonly string[],
  asked: Promise<Capabilities> = allCapabilities(opa),
): Promise<Uint8Array> {
  const known = await asked;
  // What the replacements themselves call is there, whatever a policy may call.
  const all = { ...known, allow_net: [], builtins: [...known.builtins, ...hostCapabilities(known.builtins)] };
  // Side by side, because each takes a second: what the first one refuses is said before what the second one says.
  const [refused, built] = await Promise.allSettled([
    refuse(opa, files, limited(known, builtins)),
    build(opa, withJudge(files, rules), all),
  ]);
  if (refused.status === 'rejected') throw refused.reason;
  if (built.status === 'rejected') throw built.reason;
  return built.value;
}

const CAPABILITIES = 'capabilities.json';

function withCapabilities(files: Files, caps: Capabilities): Map<string, Uint8Array> {
  return new Map([...files, [CAPABILITIES, Buffer.from(JSON.stringify(caps))]]);
}

async function refuse(opa: Opa, files: Files, caps: Capabilities): Promise<void> {
  const flags = ['--capabilities', CAPABILITIES];
  if ((await check(opa, withCapabilities(archived(files), caps), flags, MODULES)).length === 0) return;
  throw await explain(opa, files, await check(opa, withCapabilities(files, caps), flags));
}

async function build(opa: Opa, files: Files, caps: Capabilities): Promise<Uint8Array> {
  const output = 'bundle.tar.gz';
  const command = (from: string) => [
    'build',
    '-t',
    'wasm',
    '--capabilities',
    CAPABILITIES,
    '-b',
    from,
    '-e',
    ANSWER,
    '-o',
    output,
  ];
  const { written, ...result } = await ask(opa, {
    files: withCapabilities(archived(files), caps),
    args: command(MODULES),
    output,
  });
  if (result.code !== 0)
    throw failed(
      'build',
      await ask(opa, { files: withCapabilities(files, caps), args: command('.'), output }),
    );
  const wasm = written === undefined ? undefined : unpackTar(written).get('policy.wasm');
  if (wasm === undefined) throw failed('build', { ...result, stderr: 'it wrote no policy.wasm' });
  return wasm;
}

/** A name that OPA knows and the run time lacks is POLICY_BUILTIN; all else is a defect of the policy. */
async function explain(opa: Opa, files: Files, errors: readonly OpaError[]): Promise<ExhibitError> {
  const otherwise = await check(opa, files);
  const same = (a: OpaError, b: OpaError) =>
    a.message === b.message && a.location?.row === b.location?.row && a.location?.file === b.location?.file;
  const lacking = errors.filter((error) => !otherwise.some((other) => same(error, other)));
  const [error] = lacking.length > 0 ? lacking : errors;
  const location = place(error);
  const builtin = /^undefined function (\S+)$/.exec(error?.message ?? '')?.[1];
  if (lacking.length === 0 || builtin === undefined)
    return new ExhibitError('POLICY_INVALID', error?.message ?? 'The policies do not compile.', { location });
  const hint = `Write the rule without it. What a policy may call is the same at every layer, so that it gives the same verdict.`;
  return new ExhibitError('POLICY_BUILTIN', `The built-in ${builtin} is not there at run time.`, {
    location,
    hint,
    details: { builtin },
  });
}

/** Where OPA places an error, in our words. */
export function place(error: OpaError | undefined): { file?: string; line?: number; column?: number } {
  const at = error?.location;
  return at === undefined ? {} : { file: at.file, line: at.row, column: at.col };
}
