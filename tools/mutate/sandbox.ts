/** A copy of the working tree that holds one mutant at a time. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { environment, root } from '../install.mjs';
import { killGroup } from '../process.ts';
import type { TestFileResult } from './reporter.ts';

interface TestRun {
  tests: readonly string[];
  /** Ends the run after so many failures; 0: never. */
  bail: number;
  /** Without a result for so long the run is killed. */
  limitMs: number;
  onResult(result: TestFileResult): void;
}

/** Does not count what only tidiness asks for, such as an unused name. */
const TSCONFIG = {
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

export class Sandbox {
  readonly #directory: string;
  readonly #env;
  #pid: number | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    this.#env = { ...environment, CLOUDFLARE_CF_FETCH_ENABLED: 'false', PWD: directory };
    const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', listing, { cwd: root, encoding: 'utf8' }).split('\0');
    for (const file of files.filter((name) => name !== '')) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      cpSync(join(root, file), join(directory, file));
    }
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
    this.write('tsconfig.mutate.json', JSON.stringify(TSCONFIG));
  }

  read = (file: string): string => readFileSync(join(this.#directory, file), 'utf8');
  write = (file: string, text: string): void => writeFileSync(join(this.#directory, file), text);
  tests = (): string[] =>
    globSync('test/{unit,worker}/**/*.test.ts', { cwd: this.#directory }).toSorted();
  compiles = () => this.#succeeds('tsc', ['--project', 'tsconfig.mutate.json']);

  /** Generates docs/api and migrations/ and compares them, since a check notices their changes. */
  async generatesTheSame(): Promise<boolean> {
    const [before, after] = ['migrations', 'generated'].map((name) => join(this.#directory, name));
    if (before === undefined || after === undefined) return false;
    cpSync(before, after, { recursive: true });
    const schema = ['--dialect=sqlite', '--schema=src/store/schema.ts', '--out=generated'];
    const isMade = await this.#succeeds('drizzle-kit', ['generate', ...schema]);
    const isSame = readdirSync(before).length === readdirSync(after).length;
    rmSync(after, { recursive: true });
    return isMade && isSame && this.#succeeds('node', ['tools/openapi/openapi.ts', '--check']);
  }

  #succeeds(command: string, argv: string[]): Promise<boolean> {
    const options = { cwd: this.#directory, env: this.#env, timeout: 120_000 };
    return new Promise((resolve) => {
      execFile(command, argv, options, (error) => resolve(error === null));
    });
  }

  /** Runs test files; resolves with false where the run was killed for its silence. */
  async run({ tests, bail, limitMs, onResult }: TestRun): Promise<boolean> {
    // Without a file vitest would run all.
    if (tests.length === 0) return true;
    const child = spawn(
      'vitest',
      [
        'run',
        '--root=.',
        '--config=test/vitest.config.ts',
        '--project=unit',
        '--project=worker',
        `--reporter=${join(import.meta.dirname, 'reporter.ts')}`,
        `--bail=${bail}`,
        '--maxWorkers=2',
        ...tests,
      ],
      // In a process group, with the runtimes that it starts.
      {
        cwd: this.#directory,
        env: this.#env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#pid = child.pid;
    let results = 0;
    let isKilled = false;
    const timer = setTimeout(() => {
      isKilled = true;
      this.stop();
    }, limitMs);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    for await (const line of createInterface(child.stdout)) {
      timer.refresh();
      if (!line.startsWith('{"file"')) continue;
      results += 1;
      onResult(JSON.parse(line) as TestFileResult);
    }
    clearTimeout(timer);
    this.#pid = undefined;
    if (results === 0 && !isKilled) throw new Error(`vitest printed no result:\n${errors}`);
    return !isKilled;
  }

  /** Kills what is running in it. */
  stop(): void {
    if (this.#pid !== undefined) killGroup(this.#pid);
  }
}
