/** Arguments, errors and exit codes of the command-line tools. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

export const EXIT = { refused: 1, usage: 2 } as const;

/** An error whose message says what to do; printed without a trace. */
export class Refused extends Error {
  readonly exit: number;
  constructor(message: string, exit: number = EXIT.refused) {
    super(message);
    this.exit = exit;
  }
}

export const wrongUsage = (message: string) => new Refused(message, EXIT.usage);

/** Prints the usage and exits with 0 where the arguments ask for it. */
export function answerHelp(usage: string): void {
  if (!process.argv.includes('--help')) return;
  console.log(`Usage: ${usage}`);
  process.exit(0);
}

/** Parses this process's arguments. Exits with 2 on an unknown option, a missing value or a surplus argument. */
export function readArguments<T extends ParseArgsConfig>(usage: string, config: T) {
  answerHelp(usage);
  try {
    return parseArgs(config);
  } catch (error) {
    return failUsage(usage, (error as Error).message);
  }
}

/** Prints the first sentence of the message and the usage, and exits with 2. */
export function failUsage(usage: string, message: string): never {
  console.error(`${firstSentence(message)}\nUsage: ${usage}`);
  process.exit(EXIT.usage);
}

/** Node's advice about `--` follows in further sentences. */
export const firstSentence = (message: string) => message.replace(/(?<=[.']) (?=[A-Z])[^]*/, '');
