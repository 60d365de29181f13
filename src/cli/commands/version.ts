import { command, type Define } from '../command.ts';
import { EXIT } from '../exit.ts';
import { VERSION } from '../version.ts';

/** `exhibit version` */
export const version: Define = (program, invoke) => {
  command(program, 'version', 'print the version', 'exhibit version').action(() =>
    invoke(async (context) => {
      context.stdout.write(`${VERSION}\n`);
      return EXIT.ok;
    }),
  );
};
