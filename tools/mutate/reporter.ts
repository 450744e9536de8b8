/** A reporter for vitest that prints one line of JSON for each test file. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface TestFileResult {
  file: string;
  /** The names of the failed tests, and errors outside of tests. */
  failed: string[];
  /** The functions that `instrumented` noted. */
  functions: string[];
}

/** The error that `--bail` gives to the tests that run beside the failed one. */
const ABORTED = 'The test run was aborted by the user.';

const hasFailed = (test: TestCase) =>
  test.result().errors?.some(({ message }) => message !== ABORTED) ?? false;

function resultOf(module: TestModule): TestFileResult {
  const { ran = [] } = module.meta() as { ran?: string[] };
  const tests = [...module.children.allTests('failed')].filter(hasFailed);
  const errors = [module, ...module.children.allSuites()].flatMap((one) => one.errors());
  const failed = [
    ...tests.map(({ fullName }) => fullName),
    ...errors.map(({ message }) => message),
  ];
  return { file: module.relativeModuleId, failed, functions: ran };
}

const print = (result: TestFileResult) => process.stdout.write(`${JSON.stringify(result)}\n`);

export default class JsonLinesReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    print(resultOf(module));
  }

  onTestRunEnd(_modules: unknown, errors: readonly { message: string }[]): void {
    const failed = errors.map(({ message }) => message).filter((message) => message !== ABORTED);
    if (failed.length > 0) print({ file: 'outside of tests', failed, functions: [] });
  }
}
