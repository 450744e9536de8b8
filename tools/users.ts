/**
 * `npm run users -- COMMAND …`: users by the thousands, and one by one. A command is a file in
 * tools/users/, and a line here. It gets the arguments after its name; its exit code is what it
 * returns, or where it throws what it has to complain of 1, and 2 for a wrong use.
 */
import { argv as given } from 'node:process';
import { EXIT, Refused } from './users/api.ts';

interface Command {
  usage: string;
  run(argv: string[]): Promise<number | void>;
}

/** Loaded when asked for: most of them need nothing of what the others load. */
const bulk: Record<string, () => Promise<Command>> = {
  import: async () => (await import('./users/import.ts')).importCommand,
  export: async () => (await import('./users/export.ts')).exportCommand,
  'hash-cost': async () => (await import('./users/hash-cost.ts')).hashCostCommand,
};

const [name = '', ...argv] = given.slice(2);
try {
  const { adminCommands } = await import('./users/admin.ts');
  const load = new Map(Object.entries(bulk)).get(name);
  const command =
    load === undefined ? new Map(Object.entries(adminCommands)).get(name) : await load();
  if (command === undefined) {
    const all = await Promise.all(Object.values(bulk).map((load) => load()));
    const usages = [...all, ...Object.values(adminCommands)].map(({ usage }) => usage);
    console.error(usages.map((usage) => `npm run users -- ${usage}`).join('\n'));
    process.exitCode = EXIT.usage;
  } else {
    const code = await command.run(argv);
    if (typeof code === 'number') process.exitCode = code;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return error.exit;
  const { code } = error as { code?: string };
  return code?.startsWith('ERR_PARSE_ARGS_') ? EXIT.usage : EXIT.refused;
}
