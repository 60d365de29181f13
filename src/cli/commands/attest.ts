import { Option } from 'commander';
import { LAYERS, SEVERITIES } from '../../record/index.ts';
import type { AttestKeyType } from '../../verify/index.ts';
import type { VerifyFlags } from '../attest/verify.ts';
import { collect, command, type Define } from '../command.ts';
import { number } from '../usage.ts';

const IMAGE = 'image in its registry, by digest or tag';
const INSECURE = 'without TLS; only a registry on this machine';

/** `exhibit attest`: what `check --attest` signed. */
export const attest: Define = (program, invoke) => {
  const group = program
    .command('attest')
    .summary('verify, show and exchange what a run that passed has signed')
    .description('Verify, show and exchange the summaries that `exhibit check --attest` signs.');

  command(group, 'keygen', 'make a pair of keys for attestations', 'exhibit attest keygen --out keys/attest')
    .addOption(
      new Option('--type <type>', 'kind of key').choices(['ecdsa-p256', 'ed25519']).default('ecdsa-p256'),
    )
    .option('--out <prefix>', 'makes PREFIX.pem and PREFIX.pub.pem', 'attest')
    .action((flags: { type: AttestKeyType; out: string }) =>
      invoke(async (context) => (await import('../attest/show.ts')).keygen(flags, context)),
    );

  command(group, 'verify', 'does an attestation hold, for this, now?', [
    'exhibit attest verify pass.sigstore.json --key attest.pub.pem --subject k8s/',
    'exhibit attest verify --image registry.example.com/shop/api:1.4 --key attest.pub.pem',
  ])
    .argument('[file]', 'attestation: .intoto.jsonl or .sigstore.json')
    .option('--key <file>', 'public key that you trust, PEM; repeatable', collect, [])
    .option(
      '--subject <thing>',
      'what it must be about: a file, a folder, sha256:..., or an image by its digest; repeatable',
      collect,
      [],
    )
    .option('--image <ref>', `instead of a file: ${IMAGE}`)
    .option('--insecure', INSECURE)
    .option('--lineage <name>', 'policy repository whose policies must have judged')
    .option('--bundle-digest <digest>', 'bundle that must have judged')
    .option('--serial <seconds>', 'oldest bundle that counts, by its commit time', number(0))
    .option('--max-age <hours>', 'most hours since the run', number(0))
    .addOption(new Option('--layer <layer>', 'layer that must have judged (default: ci)').choices(LAYERS))
    .addOption(
      new Option(
        '--fail-on <severity>',
        'from which on a violation must have blocked (default: high)',
      ).choices([...SEVERITIES, 'any']),
    )
    .option('--resource <uri>', 'resourceUri that it must have')
    .option('--json', 'print JSON')
    .action((file: string | undefined, flags: VerifyFlags) =>
      invoke(async (context) => (await import('../attest/verify.ts')).verify(file, flags, context)),
    );

  command(group, 'show', 'what an attestation says of itself', 'exhibit attest show pass.sigstore.json')
    .argument('<file>', 'attestation')
    .option('--json', 'print the signed statement')
    .action((file: string, flags: { json?: boolean }) =>
      invoke(async (context) => (await import('../attest/show.ts')).show(file, flags, context)),
    );

  command(
    group,
    'push',
    'put an attestation beside an image in its registry',
    'exhibit attest push pass.sigstore.json --image registry.example.com/shop/api@sha256:...',
  )
    .argument('<file>', 'attestation')
    .requiredOption('--image <ref>', IMAGE)
    .option('--insecure', INSECURE)
    .action((file: string, flags: { image: string; insecure?: boolean }) =>
      invoke(async (context) => (await import('../attest/store.ts')).push(file, flags, context)),
    );

  command(
    group,
    'pull',
    'fetch the attestations that lie beside an image',
    'exhibit attest pull --image registry.example.com/shop/api:1.4 --out attestations',
  )
    .requiredOption('--image <ref>', IMAGE)
    .option('--insecure', INSECURE)
    .option('--out <folder>', 'where they are written', 'attestations')
    .action((flags: { image: string; insecure?: boolean; out: string }) =>
      invoke(async (context) => (await import('../attest/store.ts')).pull(flags, context)),
    );
};
