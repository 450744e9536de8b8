/** `npm run users -- COMMAND …`: finds the command, and ends with its exit code. */
import { adminCommands } from './users/admin.ts';
import { EXIT } from './users/api.ts';

const commands = new Map(Object.entries(adminCommands));

const [name = '', ...args] = process.argv.slice(2);
const command = commands.get(name);
if (command === undefined) {
  console.error([...commands.values()].map(({ usage }) => `npm run users -- ${usage}`).join('\n'));
  process.exitCode = EXIT.usage;
} else {
  process.exitCode = await command.run(args);
}
