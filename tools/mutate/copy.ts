/** A copy of the working tree in which one break at a time is made, and its judge. */
import { execFile, execFileSync, fork, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { environment, root } from '../install.mjs';
import type { Message, Question, Ran } from './judge.ts';

const quiet = { ...environment, CLOUDFLARE_CF_FETCH_ENABLED: 'false' };

export class Copy {
  readonly directory: string;
  #judge: ChildProcess | undefined;

  constructor(directory: string) {
    this.directory = directory;
    const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', listing, { cwd: root, encoding: 'utf8' }).split('\0');
    for (const file of files.filter((name) => name !== '')) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      cpSync(join(root, file), join(directory, file));
    }
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
    // What only tidiness asks for is no reason to discard a break.
    const lenient = {
      extends: './tsconfig.json',
      compilerOptions: {
        noUnusedLocals: false,
        noUnusedParameters: false,
        incremental: true,
        tsBuildInfoFile: './.tsbuildinfo',
      },
      include: ['src'],
      exclude: ['src/pages/client'],
    };
    this.write('tsconfig.mutate.json', JSON.stringify(lenient));
  }

  read(file: string): string {
    return readFileSync(join(this.directory, file), 'utf8');
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.directory, file), text);
  }

  compiles = () => this.#succeeds('tsc', ['--project', 'tsconfig.mutate.json']);

  /** Whether docs/api and migrations/ would be the same: a change of these is a noticed one. */
  async generatesTheSame(): Promise<boolean> {
    const generated = join(this.directory, 'generated');
    cpSync(join(this.directory, 'migrations'), generated, { recursive: true });
    const schema = ['--dialect=sqlite', '--schema=src/store/schema.ts', '--out=generated'];
    const isMade = await this.#succeeds('drizzle-kit', ['generate', ...schema]);
    const [before, after] = ['migrations', 'generated'].map(
      (folder) => readdirSync(join(this.directory, folder)).length,
    );
    rmSync(generated, { recursive: true });
    if (!isMade || before !== after) return false;
    return this.#succeeds('node', ['tools/openapi/openapi.ts', '--check']);
  }

  #succeeds(command: string, argv: string[]): Promise<boolean> {
    const options = {
      cwd: this.directory,
      env: { ...quiet, PWD: this.directory },
      timeout: 120_000,
    };
    return new Promise((resolve) => {
      execFile(command, argv, options, (error) => resolve(error === null));
    });
  }

  /** Answers the names of all test files. */
  async start(failures = 1): Promise<string[]> {
    const judge = fork(join(import.meta.dirname, 'judge.ts'), [String(failures)], {
      cwd: this.directory,
      env: { ...quiet, PWD: this.directory },
      execPath: join(root, 'node_modules', '.bin', 'node'),
      // A group of its own: it starts runtimes, which have to end with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#judge = judge;
    let tests: string[] | null = null;
    await messagesOf(judge, 120_000, (message) => {
      if ('ready' in message) tests = message.ready;
      return tests !== null;
    });
    if (tests === null) throw new Error('The judge did not start.');
    return tests;
  }

  /**
   * Calls `onRan` for each test file that has run. False: none did for so long, or the judge died;
   * the next question starts another one.
   */
  async ask(question: Question, limitMs: number, onRan: (ran: Ran) => void): Promise<boolean> {
    if (this.#judge === undefined) await this.start();
    const judge = this.#judge;
    if (judge === undefined) return false;
    judge.send(question);
    const isDone = await messagesOf(judge, limitMs, (message) => {
      if ('ran' in message) onRan(message.ran);
      return 'done' in message;
    });
    if (!isDone) this.stop();
    return isDone;
  }

  stop(): void {
    const pid = this.#judge?.pid;
    this.#judge = undefined;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Until `isLast` says so; false: the child ended before, or was silent for too long. */
function messagesOf(
  child: ChildProcess,
  limitMs: number,
  isLast: (message: Message) => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (isDone: boolean) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(isDone);
    };
    const timer = setTimeout(() => finish(false), limitMs);
    child.on('message', (message) => {
      timer.refresh();
      if (isLast(message as Message)) finish(true);
    });
    child.once('exit', () => finish(false));
    child.once('error', () => finish(false));
  });
}
