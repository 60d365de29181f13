import { Argument, type Command } from 'commander';
import { command, type Define } from '../command.ts';
import { EXIT } from '../exit.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** `exhibit completion SHELL`, and `exhibit complete -- WORD...`, which the printed script asks at each tab key. */
export function completion(fresh: () => Command): Define {
  return (program, invoke) => {
    command(program, 'completion', 'print a script that completes commands and options in your shell', [
      'exhibit completion bash > ~/.local/share/bash-completion/completions/exhibit',
      'exhibit completion zsh > ~/.zsh/completions/_exhibit',
      'exhibit completion fish > ~/.config/fish/completions/exhibit.fish',
    ])
      .addArgument(new Argument('<shell>', 'the shell').choices([...SHELLS]))
      .action((shell: string) =>
        invoke(async () => {
          const { script } = await import('@bomb.sh/tab');
          script(shell, program.name(), program.name());
          return EXIT.ok;
        }),
      );
    program
      .command('complete [words...]', { hidden: true })
      .description('answers the script of `exhibit completion`')
      .addHelpText('after', "\nExamples:\n  exhibit complete -- ledger ''\n")
      .action((words: string[]) =>
        invoke(async () => {
          const { default: tab } = await import('@bomb.sh/tab/commander');
          tab(fresh(), { completionCommandName: 'completion' }).parse(words);
          return EXIT.ok;
        }),
      );
  };
}
