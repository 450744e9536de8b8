/**
 * `npm run users -- COMMAND …`: users in bulk, and one by one. Prints errors without a trace; the exit
 * code is 1 where something was refused, and 2 for wrong usage.
 */
import { argv } from 'node:process';
import { adminCommands } from './users/admin.ts';
import { EXIT, Refused, type Command } from './users/api.ts';

/** Loaded on demand: they need modules that the others do not. */
const bulkCommands: Record<string, () => Promise<Command>> = {
  import: async () => (await import('./users/import.ts')).importCommand,
  export: async () => (await import('./users/export.ts')).exportCommand,
  'hash-cost': async () => (await import('./users/hash-cost.ts')).hashCostCommand,
};

const [name = '', ...args] = argv.slice(2);
const commands = new Map<string, () => Promise<Command>>(Object.entries(bulkCommands));
for (const [name, command] of Object.entries(adminCommands))
  commands.set(name, async () => command);
const load = commands.get(name);
try {
  if (load === undefined) {
    for (const load of commands.values()) console.error(usageOf(await load()));
    process.exitCode = EXIT.usage;
  } else {
    const command = await load();
    await command.run(args).catch((error: unknown) => {
      if (exitCodeOf(error) === EXIT.usage)
        process.once('exit', () => console.error(usageOf(command)));
      throw error;
    });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = exitCodeOf(error);
}

function usageOf({ usage }: Command): string {
  return `Usage: npm run users -- ${usage}`;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return error.exit;
  const { code } = error as { code?: string };
  return code?.startsWith('ERR_PARSE_ARGS_') ? EXIT.usage : EXIT.refused;
}
