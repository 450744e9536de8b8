/** A copy of the working tree that holds one mutant at a time, and the test runner in it. */
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
import { killGroup } from '../process.ts';
import type { Message, TestRun, TestFileResult } from './runner.ts';

const quiet = { ...environment, CLOUDFLARE_CF_FETCH_ENABLED: 'false' };

export class Sandbox {
  readonly directory: string;
  #runner: ChildProcess | undefined;

  constructor(directory: string) {
    this.directory = directory;
    const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', listing, { cwd: root, encoding: 'utf8' }).split('\0');
    for (const file of files.filter((name) => name !== '')) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      cpSync(join(root, file), join(directory, file));
    }
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
    // An unused name is no reason to discard a mutant.
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

  /** Generates docs/api and migrations/ and compares them, since a check notices their changes. */
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

  /** Starts the runner, and returns the names of all test files. */
  async start(failures = 1): Promise<string[]> {
    const runner = fork(join(import.meta.dirname, 'runner.ts'), [String(failures)], {
      cwd: this.directory,
      env: { ...quiet, PWD: this.directory },
      execPath: join(root, 'node_modules', '.bin', 'node'),
      // In a process group, with the runtimes that it starts.
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#runner = runner;
    let tests: string[] | null = null;
    await messagesOf(runner, 120_000, (message) => {
      if ('ready' in message) tests = message.ready;
      return tests !== null;
    });
    if (tests === null) throw new Error('The test runner did not start.');
    return tests;
  }

  /**
   * Calls `onResult` for each test file that has run. Returns false where none did for `limitMs`, or
   * the runner ended; the next run starts another one.
   */
  async test(
    run: TestRun,
    limitMs: number,
    onResult: (result: TestFileResult) => void = () => undefined,
  ): Promise<boolean> {
    if (this.#runner === undefined) await this.start();
    const runner = this.#runner;
    if (runner === undefined) return false;
    runner.send(run);
    const isDone = await messagesOf(runner, limitMs, (message) => {
      if ('result' in message) onResult(message.result);
      return 'done' in message;
    });
    if (!isDone) this.stop();
    return isDone;
  }

  stop(): void {
    const pid = this.#runner?.pid;
    this.#runner = undefined;
    if (pid !== undefined) killGroup(pid);
  }
}

/** Resolves with true at the last message, with false where the child ended or was silent for `limitMs`. */
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
