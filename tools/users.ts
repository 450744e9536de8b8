/**
 * `npm run users -- COMMAND …`: users by the thousands, and one by one. A command is a file in
 * tools/users/, and a line here; it gets the arguments after its name, and throws what it has to
 * complain of.
 */
import { argv as given } from 'node:process';

interface Command {
  usage: string;
  run(argv: string[]): Promise<void>;
}

/** Loaded when asked for: most of them need nothing of what the others load. */
const commands: Record<string, () => Promise<Command>> = {
  import: async () => (await import('./users/import.ts')).importCommand,
  export: async () => (await import('./users/export.ts')).exportCommand,
  'hash-cost': async () => (await import('./users/hash-cost.ts')).hashCostCommand,
};

const [name = '', ...argv] = given.slice(2);
const load = new Map(Object.entries(commands)).get(name);
try {
  if (load === undefined) {
    const usages = await Promise.all(
      Object.values(commands).map(async (load) => (await load()).usage),
    );
    throw new Error(
      `Name a command:\n\n${usages.map((usage) => `  npm run users -- ${usage}`).join('\n')}`,
    );
  }
  await (await load()).run(argv);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
