import { command, type Define } from '../command.ts';

/** `exhibit demo` */
export const demo: Define = (program, invoke, execute) => {
  command(
    program,
    'demo',
    'the main job in one story: policy, gate, ledger, lake, answer, proof',
    'exhibit demo demo-out',
  )
    .argument('[folder]', 'folder to make; it stays for you to look at', 'demo-out')
    .action((folder: string) =>
      invoke(async (context) => (await import('../demo/story.ts')).tell(folder, execute, context)),
    );
};
