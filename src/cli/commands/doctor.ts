import { Option } from 'commander';
import { command, type Define } from '../command.ts';

/** `exhibit doctor` */
export const doctor: Define = (program, invoke) => {
  command(program, 'doctor', 'what is installed and reachable, and what that means', [
    'exhibit doctor',
    'exhibit doctor --install opa',
  ])
    .addOption(new Option('--install <tool>', 'put a missing tool into the cache').choices(['opa']))
    .option('--json', 'print JSON')
    .action((flags: { install?: 'opa'; json?: boolean }) =>
      invoke(async (context) => (await import('../doctor/doctor.ts')).examine(flags, context)),
    );
};
