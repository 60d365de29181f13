import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployment, policyRepository, SEALED } from '../../../src/cli/testing/attest-policies.ts';
import { Machine } from '../../../src/cli/testing/program.ts';

/** The predicate type, as cosign wants it named. */
export const TYPE = 'https://slsa.dev/verification_summary/v1';
export const FORMS = ['sigstore.json', 'intoto.jsonl'] as const;

/**
 * A machine on which a gate passed and attested: `pass.sigstore.json` and `pass.intoto.jsonl`, by a key of each kind
 * (`ecdsa-p256.pem`, `ed25519.pem`), over `boxes.json` and `shop.yaml`.
 * @param image that the workload of `shop.yaml` names
 */
export async function attested(image?: string): Promise<Machine> {
  const { key, publish } = await policyRepository();
  const bundle = await publish('bundle');
  const gate = new Machine('2026-11-21T12:00:00Z');
  writeFileSync(join(gate.folder, 'boxes.json'), SEALED);
  writeFileSync(join(gate.folder, 'shop.yaml'), deployment(image));
  for (const type of ['ecdsa-p256', 'ed25519']) {
    await must(gate, 'attest', 'keygen', '--type', type, '--out', type);
    for (const form of FORMS)
      await must(
        gate,
        ...['check', 'boxes.json', 'shop.yaml', '--bundle', bundle, '--bundle-key', key],
        ...['--attest', `${type}.${form}`, '--attest-key', `${type}.pem`],
      );
  }
  return gate;
}

/** Runs a command that must end well. @returns its standard output */
export async function must(machine: Machine, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await machine.run(...argv);
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${code}\n${stdout}${stderr}`);
  return stdout;
}
