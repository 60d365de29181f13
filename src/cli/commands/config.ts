import { command, type Define } from '../command.ts';
import { inertJson } from '../terminal/json.ts';

/** `exhibit config show` */
export const config: Define = (program, invoke) => {
  const group = program.command('config').summary('settings').description('Settings of check.');
  command(group, 'show', 'the settings in force, and which source set each', [
    'exhibit config show',
    'exhibit config show --json',
  ])
    .option('--json', 'print JSON')
    .action((flags: { json?: boolean }) =>
      invoke(async (context) => {
        const [{ configSchema, resolveConfig, variableOf }, { table }, { EXIT }] = await Promise.all([
          import('../config/config.ts'),
          import('../terminal/table.ts'),
          import('../exit.ts'),
        ]);
        const settings = resolveConfig({}, context);
        if (flags.json === true) {
          context.stdout.write(`${inertJson({ schemaVersion: 1, settings }, 2)}\n`);
          return EXIT.ok;
        }
        const rows = (Object.keys(configSchema.shape) as (keyof typeof settings)[]).map((key) => {
          const setting = settings[key];
          return setting === undefined
            ? [key, '-', `not set (${variableOf(key)} or .exhibit.yaml)`]
            : [key, String(setting.value), `${setting.origin}: ${setting.from}`];
        });
        context.stdout.write(table(rows, context.stdout));
        return EXIT.ok;
      }),
    );
};
