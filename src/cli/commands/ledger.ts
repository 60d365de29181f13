import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { collect, command, type Define } from '../command.ts';
import { type AnchorFlags, anchorOptions } from '../ledger/anchor-flags.ts';
import type { JoinFlags, PlaceFlags } from '../ledger/bucket.ts';
import type { StampFlags } from '../ledger/timestamp.ts';
import type { WitnessFlags } from '../ledger/witness.ts';
import { type BucketFlags, bucketOptions, days, retention } from '../store/flags.ts';
import { number } from '../usage.ts';

/** `exhibit ledger ...` */
export const ledger: Define = (program, invoke) => {
  const group = program
    .command('ledger')
    .summary('the append-only log in an evidence folder')
    .description('The append-only log in an evidence folder.');

  command(
    group,
    'init',
    'make an evidence folder with an empty log and its key',
    'exhibit ledger init evidence --origin example.com/evidence',
  )
    .argument('<folder>', 'folder to make')
    .option(
      '--origin <name>',
      'name of the log, unique in the world; it is in every checkpoint (default: exhibit.local/ and a random part)',
    )
    .option(
      '--signer <where>',
      'where the key is: file:/PATH, awskms:KEY-ID-or-ARN or pkcs11:URI (default: a new one, in the folder)',
    )
    .action((folder: string, flags: { origin?: string; signer?: string }) =>
      invoke(async (context) =>
        (await import('../ledger/manage.ts')).init(
          resolve(context.cwd, folder),
          flags.origin,
          flags.signer,
          context,
        ),
      ),
    );

  command(group, 'status', 'size, root, waiting records and keys of a log', 'exhibit ledger status evidence')
    .argument('<folder>', 'evidence folder')
    .option('--json', 'print JSON')
    .action((folder: string, flags: { json?: boolean }) =>
      invoke(async (context) =>
        (await import('../ledger/manage.ts')).showStatus(
          resolve(context.cwd, folder),
          flags.json === true,
          context,
        ),
      ),
    );

  command(group, 'seal', 'give waiting records their place in the log and sign a checkpoint', [
    'exhibit ledger seal evidence',
    'exhibit ledger seal evidence --heartbeat',
  ])
    .argument('<folder>', 'evidence folder')
    .option('--heartbeat', 'seal a heartbeat record when nothing waits')
    .option(
      '--accept-clock',
      'the clock is right though it is more than a year ahead of the last record; the log says so',
    )
    .action((folder: string, flags: { heartbeat?: boolean; acceptClock?: boolean }) =>
      invoke(async (context) =>
        (await import('../ledger/manage.ts')).seal(resolve(context.cwd, folder), flags, context),
      ),
    );

  anchorOptions(
    bucketOptions(
      command(group, 'verify', 'verify the whole log, with a place for whatever differs', [
        'exhibit ledger verify evidence',
        'exhibit ledger verify evidence --known checkpoint-of-last-month',
        'exhibit ledger verify evidence --tsa-root tsa.pem --against s3://acme-audit/prod --max-age 26h',
        'exhibit ledger verify s3://acme-evidence/prod --vkey log.vkey',
      ]),
    ),
  )
    .argument('<folder>', 'evidence folder, or s3://BUCKET/PREFIX')
    .option('--known <file>', 'a checkpoint that you kept: the log must contain it; repeatable', collect, [])
    .option(
      '--vkey <key>',
      'public key of the log or of a witness from a place that you trust, as text or in a file; repeatable',
      collect,
      [],
    )
    .option('--policy <file>', 'logs that you believe and witnesses that you ask for (c2sp.org/tlog-policy)')
    .option('--no-blobs', 'do not read the blobs that records name')
    .option('--json', 'print JSON')
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

  command(group, 'timestamp', 'have the latest checkpoint stamped by a time-stamping authority (RFC 3161)', [
    'exhibit ledger timestamp evidence --tsa https://tsa.example.com/ --tsa-root tsa.pem',
  ])
    .argument('<folder>', 'evidence folder')
    .requiredOption('--tsa <url>', 'URL of the authority')
    .option('--tsa-root <file>', 'roots (PEM) that its certificates must lead to; repeatable', collect, [])
    .option('--tsa-policy <oid>', 'policy that is allowed (default: any); repeatable', collect, [])
    .option('--timeout <seconds>', 'give the authority up after so long', seconds, 20)
    .option('--json', 'print JSON')
    .action((folder: string, flags: StampFlags) =>
      invoke(async (context) =>
        (await import('../ledger/timestamp.ts')).timestamp(resolve(context.cwd, folder), flags, context),
      ),
    );

  bucketOptions(
    command(group, 'keep-checkpoint', 'keep the latest checkpoint in other places, never replaced there', [
      'exhibit ledger keep-checkpoint evidence s3://acme-audit/prod',
      'exhibit ledger keep-checkpoint evidence /mnt/other/checkpoints',
    ]),
  )
    .argument('<folder>', 'evidence folder')
    .argument('<places...>', 'folders or s3://BUCKET/PREFIX')
    .action((folder: string, places: string[], flags: BucketFlags) =>
      invoke(async (context) =>
        (await import('../ledger/timestamp.ts')).keepCheckpoint(
          resolve(context.cwd, folder),
          places,
          flags,
          context,
        ),
      ),
    );

  command(group, 'proof', 'print one record, or the proof that it is in the log', [
    'exhibit ledger proof evidence 0192f0c1-2d3e-7f00-8000-000000000001 > record.tlog-proof',
    'exhibit ledger proof evidence 17 --record > record.json',
  ])
    .argument('<folder>', 'evidence folder')
    .argument('<record>', 'record id or index in the log')
    .option('--record', 'print the exact bytes of the record instead of its proof')
    .action((folder: string, record: string, flags: { record?: boolean }) =>
      invoke(async (context) =>
        (await import('../ledger/proof.ts')).proof(
          resolve(context.cwd, folder),
          record,
          flags.record === true,
          context,
        ),
      ),
    );

  command(group, 'checkpoint', 'print the latest signed checkpoint', [
    'exhibit ledger checkpoint evidence > checkpoint',
    'exhibit ledger checkpoint evidence --cosigned > checkpoint',
  ])
    .argument('<folder>', 'evidence folder')
    .option('--cosigned', 'the one that the most witnesses co-signed instead, which may be older')
    .action((folder: string, flags: { cosigned?: boolean }) =>
      invoke(async (context) =>
        (await import('../ledger/proof.ts')).checkpoint(
          resolve(context.cwd, folder),
          flags.cosigned === true,
          context,
        ),
      ),
    );

  command(group, 'witness', 'have witnesses co-sign the latest checkpoint, and keep what they sign', [
    'exhibit ledger witness evidence --witness https://witness.example.org=witness.vkey',
    'exhibit ledger witness evidence --acknowledge 1 --reason "The folder was restored from a copy; see TICKET-1."',
  ])
    .argument('<folder>', 'evidence folder')
    .option(
      '--witness <url=vkey>',
      'URL of a witness and its public key, as text or in a file; repeatable',
      collect,
      [],
    )
    .option('--need <number>', 'how many must co-sign for exit code 0 (default: all)', number(0))
    .option('--timeout <seconds>', 'for each answer of a witness', number(0.1, 600), 10)
    .option('--acknowledge <number>', 'say that an alarm was looked at; it stays, with the reason', number(1))
    .option('--reason <text>', 'what was found out about it')
    .option('--json', 'print JSON')
    .action((folder: string, flags: WitnessFlags) =>
      invoke(async (context) =>
        (await import('../ledger/witness.ts')).witness(resolve(context.cwd, folder), flags, context),
      ),
    );

  command(
    group,
    'rotate-key',
    'hand the log over to a new signing key, announced in the log under the old one',
    [
      'exhibit ledger rotate-key evidence',
      'exhibit ledger rotate-key evidence --signer awskms:arn:aws:kms:eu-west-1:111122223333:key/0f5d7f40-5d16-4b6c-9d3b-7c1e0a6f2b11',
    ],
  )
    .argument('<folder>', 'evidence folder')
    .option(
      '--signer <where>',
      'where the next key is: file:/PATH, awskms:KEY-ID-or-ARN or pkcs11:URI (default: a new one, in the folder)',
    )
    .action((folder: string, flags: { signer?: string }) =>
      invoke(async (context) =>
        (await import('../ledger/manage.ts')).rotate(resolve(context.cwd, folder), flags.signer, context),
      ),
    );

  command(
    group,
    'signer',
    'who signs the log, and whether it does: asks for a signature that is no checkpoint',
    [
      'exhibit ledger signer evidence',
      'exhibit ledger signer evidence --key-policy arn:aws:iam::111122223333:role/exhibit-writer',
    ],
  )
    .argument('<folder>', 'evidence folder')
    .option(
      '--key-policy <role>',
      'print statements for the key policy of the key in AWS KMS: this role signs, nobody deletes; nothing is asked',
    )
    .option('--json', 'print JSON')
    .action((folder: string, flags: { keyPolicy?: string; json?: boolean }) =>
      invoke(async (context) =>
        (await import('../ledger/signer.ts')).showSigner(resolve(context.cwd, folder), flags, context),
      ),
    );

  placeOptions(
    command(group, 'attach', 'put a bucket behind a folder: each record is there before it is acknowledged', [
      'exhibit ledger attach evidence s3://acme-evidence/prod --work s3://acme-work/prod --lock-days 365',
      'exhibit ledger attach evidence s3://acme-evidence/prod --work s3://acme-work/prod --lock dynamodb:exhibit',
    ]),
  )
    .argument('<folder>', 'evidence folder')
    .argument('<url>', 's3://BUCKET/PREFIX, where the log lies for everybody to read')
    .action((folder: string, url: string, flags: PlaceFlags) =>
      invoke(async (context) =>
        (await import('../ledger/bucket.ts')).attach(resolve(context.cwd, folder), url, flags, context),
      ),
    );

  placeOptions(
    command(
      group,
      'join',
      'make a folder that stands by to write a log in a bucket, or bring it up to date',
      [
        'exhibit ledger join standby s3://acme-evidence/prod --work s3://acme-work/prod --signer signer.key',
        'exhibit ledger join standby --follow 2 --take-over-after 60',
      ],
    ),
  )
    .argument('<folder>', 'folder to make, or one that stands by')
    .argument('[url]', 's3://BUCKET/PREFIX of the log, the first time')
    .option('--signer <file>', 'the key that signs, keys/signer.key of the folder that writes')
    .option('--follow <seconds>', 'go on, and look so often', seconds)
    .option(
      '--take-over-after <seconds>',
      'take over when the writer was silent for so long, and end; a writer shows itself every 10 s',
      silence,
    )
    .action((folder: string, url: string | undefined, flags: JoinFlags) =>
      invoke(async (context) =>
        (await import('../ledger/bucket.ts')).join(resolve(context.cwd, folder), url, flags, context),
      ),
    );

  command(
    group,
    'take-over',
    'make a folder the one that writes its log in a bucket',
    'exhibit ledger take-over standby',
  )
    .argument('<folder>', 'folder that stands by')
    .action((folder: string) =>
      invoke(async (context) =>
        (await import('../ledger/bucket.ts')).takeOver(resolve(context.cwd, folder), context),
      ),
    );

  command(
    group,
    'forget',
    'forget which state of a log this machine saw last, when you made it anew on purpose',
    'exhibit ledger forget example.com/evidence',
  )
    .argument('<origin>', 'name of the log, as `exhibit ledger status` shows it')
    .action((origin: string) =>
      invoke(async (context) => (await import('../ledger/manage.ts')).forgetLog(origin, context)),
    );
};

function placeOptions(command: Command): Command {
  return bucketOptions(command)
    .option('--work <url>', 's3://BUCKET/PREFIX for what only writers need: without versions and locks')
    .option('--lock <where>', 'where it stands who writes: s3, dynamodb:TABLE or sqlite:/FILE', 's3')
    .option(
      '--lock-days <days>',
      'days that each object of the log is locked (default: what the bucket says)',
      days,
    )
    .option(
      '--retention <framework=days>',
      'days for the evidence of one framework; what all of them need is locked for the longest; repeatable',
      retention,
    )
    .option('--kms-key <id>', 'id or ARN of the key that encrypts what is written');
}

function seconds(value: string): number {
  if (!/^[1-9][0-9]{0,4}$/.test(value)) throw new InvalidArgumentError('expected a number of seconds from 1');
  return Number(value);
}

/** Not while a writer that lives may be silent. */
function silence(value: string): number {
  if (seconds(value) < 30) throw new InvalidArgumentError('expected 30 seconds or more');
  return seconds(value);
}
