/**
 * `npm run users -- COMMAND …`: users in bulk, and one by one. Prints errors without a trace; the exit
 * code is 1 where something was refused, and 2 for wrong usage.
 */
import { argv } from 'node:process';
import { answerHelp, EXIT, failUsage, firstSentence, Refused } from './command-line.ts';
import { adminCommands } from './users/admin.ts';
import type { Command } from './users/api.ts';

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
    const usages: string[] = [];
    for (const load of commands.values()) usages.push(usageOf(await load()));
    const usage = usages.join('\n       ');
    answerHelp(usage);
    failUsage(usage, name === '' ? 'Name a command.' : `There is no command "${name}".`);
  } else {
    const command = await load();
    answerHelp(usageOf(command));
    await command.run(args).catch((error: unknown) => {
      if (exitCodeOf(error) === EXIT.usage)
        process.once('exit', () => console.error(`Usage: ${usageOf(command)}`));
      throw error;
    });
  }
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isArgumentError(error) ? firstSentence(error.message) : error.message;
}

function usageOf({ usage }: Command): string {
  return `npm run users -- ${usage}`;
}

function isArgumentError(error: unknown): boolean {
  return String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS_');
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return error.exit;
  return isArgumentError(error) ? EXIT.usage : EXIT.refused;
}
