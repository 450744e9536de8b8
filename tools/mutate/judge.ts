/**
 * Runs test files in the copy that is its working directory, for as long as its parent asks. One
 * process for many breaks: most of the time of a run is spent on starting. Its argument is how many
 * failures end a run; 0: none does.
 */
import { join } from 'node:path';
import { createVitest, type TestCase, type TestModule, type TestSpecification } from 'vitest/node';

export interface Question {
  /** Files that have changed since the last question. */
  changed: string[];
  /** Test files as `project:path`, in groups; the first red group ends the run. */
  groups: string[][];
}

export interface Ran {
  test: string;
  /** The names of the tests that failed, and errors outside of tests. */
  failed: string[];
  /** What `instrumented` noted. */
  functions: string[];
}

export type Message = { ready: string[] } | { ran: Ran } | { done: true };

const send = (message: Message) => process.send?.(message);
const root = process.cwd();

/** What `bail` does to the tests that run beside the one that failed. */
const ABORTED = 'The test run was aborted by the user.';

const nameOf = ({ project, moduleId }: TestSpecification | TestModule) =>
  `${project.name}:${moduleId.slice(root.length + 1)}`;

const hasFailed = (test: TestCase) =>
  test.result().errors?.some(({ message }) => message !== ABORTED) ?? false;

function resultOf(module: TestModule): Ran {
  const { ran = [] } = module.meta() as { ran?: string[] };
  const tests = [...module.children.allTests('failed')].filter(hasFailed);
  const failed = tests.map(({ fullName }) => fullName);
  const errors = [module, ...module.children.allSuites()].flatMap((one) => one.errors());
  failed.push(...errors.map(({ message }) => message));
  return { test: nameOf(module), failed, functions: ran };
}

let isRed = false;
const tell = (ran: Ran) => {
  isRed ||= ran.failed.length > 0;
  send({ ran });
};

const vitest = await createVitest('test', {
  root,
  config: join(root, 'test', 'vitest.config.ts'),
  project: ['unit', 'worker'],
  watch: false,
  bail: Number(process.argv[2]),
  maxWorkers: 2,
  reporters: [
    {
      onTestCaseResult(test) {
        const { module, fullName } = test;
        if (hasFailed(test)) tell({ test: nameOf(module), failed: [fullName], functions: [] });
      },
      onTestModuleEnd: (module) => tell(resultOf(module)),
    },
  ],
});
// Of `bail`: it tells workers to stop that have not begun, and they reject that.
process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => undefined);
const specifications = new Map(
  (await vitest.globTestSpecifications()).map((one) => [nameOf(one), one]),
);

async function answer({ changed, groups }: Question): Promise<void> {
  isRed = false;
  for (const file of changed) vitest.invalidateFile(join(root, file));
  for (const group of groups) {
    const chosen = group.flatMap((name) => specifications.get(name) ?? []);
    const { unhandledErrors } = await vitest.runTestSpecifications(chosen);
    if (unhandledErrors.length > 0) {
      tell({ test: group.join(' '), failed: ['unhandled error'], functions: [] });
    }
    if (isRed) break;
  }
  send({ done: true });
}

// Whatever became of the parent, nothing of this group outlives it.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
process.on('message', (question: Question) => void answer(question));
send({ ready: [...specifications.keys()] });
