/**
 * Runs test files in the sandbox that is its working directory, for as long as its parent asks: one
 * process for many mutants, since most of a run's time is spent on starting. Its argument is the
 * number of failures that end a run; 0: none does.
 */
import { join } from 'node:path';
import { createVitest, type TestCase, type TestModule, type TestSpecification } from 'vitest/node';

export interface TestRun {
  /** Files that have changed since the last run. */
  changed: string[];
  /** Test files as `project:path`, in groups; the first group that fails ends the run. */
  groups: string[][];
}

export interface TestFileResult {
  test: string;
  /** The names of the failed tests, and errors outside of tests. */
  failed: string[];
  /** The functions that `instrumented` noted. */
  functions: string[];
}

export type Message = { ready: string[] } | { result: TestFileResult } | { done: true };

const send = (message: Message) => process.send?.(message);
const root = process.cwd();

/** The error that `bail` gives to the tests that run beside the failed one. */
const ABORTED = 'The test run was aborted by the user.';

const nameOf = ({ project, moduleId }: TestSpecification | TestModule) =>
  `${project.name}:${moduleId.slice(root.length + 1)}`;

const hasFailed = (test: TestCase) =>
  test.result().errors?.some(({ message }) => message !== ABORTED) ?? false;

function resultOf(module: TestModule): TestFileResult {
  const { ran = [] } = module.meta() as { ran?: string[] };
  const tests = [...module.children.allTests('failed')].filter(hasFailed);
  const failed = tests.map(({ fullName }) => fullName);
  const errors = [module, ...module.children.allSuites()].flatMap((one) => one.errors());
  failed.push(...errors.map(({ message }) => message));
  return { test: nameOf(module), failed, functions: ran };
}

let hasFailures = false;
const sendResult = (result: TestFileResult) => {
  hasFailures ||= result.failed.length > 0;
  send({ result });
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
        if (hasFailed(test))
          sendResult({ test: nameOf(module), failed: [fullName], functions: [] });
      },
      onTestModuleEnd: (module) => sendResult(resultOf(module)),
    },
  ],
});
// `bail` stops workers that have not begun, and they reject that.
process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => undefined);
const specifications = new Map(
  (await vitest.globTestSpecifications()).map((one) => [nameOf(one), one]),
);

async function run({ changed, groups }: TestRun): Promise<void> {
  hasFailures = false;
  for (const file of changed) vitest.invalidateFile(join(root, file));
  for (const group of groups) {
    const chosen = group.flatMap((name) => specifications.get(name) ?? []);
    const { unhandledErrors } = await vitest.runTestSpecifications(chosen);
    if (unhandledErrors.length > 0) {
      sendResult({ test: group.join(' '), failed: ['unhandled error'], functions: [] });
    }
    if (hasFailures) break;
  }
  send({ done: true });
}

// Nothing of this group outlives the parent.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
process.on('message', (message: TestRun) => void run(message));
send({ ready: [...specifications.keys()] });
