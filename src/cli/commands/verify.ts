import { collect, command, type Define } from '../command.ts';
import { type AnchorFlags, anchorOptions } from '../ledger/anchor-flags.ts';
import type { VerifyPackFlags } from '../pack/verify.ts';
import { type BucketFlags, bucketOptions } from '../store/flags.ts';

/** `exhibit verify THING`: offline, with keys that the caller names. */
export const verify: Define = (program, invoke) => {
  const group = program
    .command('verify')
    .summary('verify a record, checkpoint, pack, bundle or ledger, offline')
    .description('Verify a record, a checkpoint, a pack, a bundle or a ledger, offline.');

  command(
    group,
    'record',
    'is this record, byte for byte, in the log that signed?',
    'exhibit verify record record.json record.tlog-proof --vkey log.vkey',
  )
    .argument('<record>', 'file with the exact bytes of the record')
    .argument('<proof>', 'file with its tlog-proof')
    .option(
      '--vkey <key>',
      'public key of the log or of a witness, as text or in a file; repeatable',
      collect,
      [],
    )
    .option('--policy <file>', 'logs that you believe and witnesses that you ask for (c2sp.org/tlog-policy)')
    .action((record: string, proof: string, flags: { vkey: string[]; policy?: string }) =>
      invoke(async (context) => (await import('../verify/note.ts')).record(record, proof, flags, context)),
    );

  command(
    group,
    'checkpoint',
    'who signed which size and root?',
    'exhibit verify checkpoint checkpoint --vkey log.vkey',
  )
    .argument('<file>', 'signed checkpoint')
    .option(
      '--vkey <key>',
      'public key of the log or of a witness, as text or in a file; repeatable',
      collect,
      [],
    )
    .option('--policy <file>', 'logs that you believe and witnesses that you ask for (c2sp.org/tlog-policy)')
    .action((file: string, flags: { vkey: string[]; policy?: string }) =>
      invoke(async (context) => (await import('../verify/note.ts')).checkpoint(file, flags, context)),
    );

  anchorOptions(
    bucketOptions(
      command(
        group,
        'ledger',
        'does every record, tile and checkpoint of a ledger hold?',
        'exhibit verify ledger evidence --vkey log.vkey --known checkpoint',
      ),
    ),
  )
    .argument('<folder>', 'evidence folder, or s3://BUCKET/PREFIX')
    .option('--known <file>', 'a checkpoint that you kept; repeatable', collect, [])
    .option('--vkey <key>', 'public key of the log, as text or in a file; repeatable', collect, [])
    .option('--policy <file>', 'logs that you believe and witnesses that you ask for (c2sp.org/tlog-policy)')
    .option('--json', 'print JSON')
    .option('--no-blobs', 'do not read the blobs that records name')
    .action(
      (
        folder: string,
        flags: BucketFlags &
          AnchorFlags & {
            known: string[];
            vkey: string[];
            policy?: string;
            json?: boolean;
            blobs?: boolean;
          },
      ) => invoke(async (context) => (await import('../ledger/verify.ts')).verify(folder, flags, context)),
    );

  command(
    group,
    'pack',
    'does every byte of a pack hold, and follow from the log?',
    'exhibit verify pack soc2-q1.zip --vkey log.vkey',
  )
    .argument('<file>', 'pack; its FILE.record.json and FILE.tlog-proof are taken from beside it')
    .option(
      '--vkey <key>',
      'public key of the log or of a witness, as text or in a file; repeatable',
      collect,
      [],
    )
    .option('--policy <file>', 'logs that you believe and witnesses that you ask for (c2sp.org/tlog-policy)')
    .option(
      '--tsa-root <file>',
      'roots (PEM) of time-stamping authorities that you believe: each time stamp in the pack is checked; repeatable',
      collect,
      [],
    )
    .option(
      '--tsa-policy <oid>',
      'policy of an authority that is allowed (default: any); repeatable',
      collect,
      [],
    )
    .option('--record <file>', 'record of the log that has the digest of the pack, where it lies elsewhere')
    .option('--proof <file>', 'proof of that record')
    .option('--json', 'print JSON')
    .action((file: string, flags: VerifyPackFlags) =>
      invoke(async (context) => (await import('../pack/verify.ts')).verify(file, flags, context)),
    );

  command(
    group,
    'bundle',
    'do signature and every file of a bundle hold?',
    'exhibit verify bundle bundle.tar.gz --key bundle.pub.pem',
  )
    .argument('<file>', 'bundle')
    .requiredOption('--key <file>', 'public key, PEM')
    .action((file: string, flags: { key: string }) =>
      invoke(async (context) =>
        (await import('../policy/sign.ts')).verify('.', { bundle: file, key: flags.key }, context),
      ),
    );
};
