/**
 * The tests there are, as vitest reads them off the files without running any: names with their
 * suites, and whether they are skipped. A test behind a condition (runIf, skipIf) counts as skipped;
 * one in code that is never reached counts, since nothing is run.
 */
import { join, relative, sep } from 'node:path';
import { createVitest } from 'vitest/node';
import { root } from '../install.mjs';

export type Found = ReadonlyMap<string, ReadonlyMap<string, 'run' | 'skipped'>>;

/** File below test/ → full name → whether it runs. */
export async function testsThereAre(): Promise<Found> {
  const config = join(root, 'test', 'vitest.config.ts');
  const vitest = await createVitest('test', { root, config, watch: false });
  try {
    const modules = await vitest.parseSpecifications(await vitest.globTestSpecifications());
    return new Map(
      modules.map((module) => [
        relative(join(root, 'test'), module.moduleId).replaceAll(sep, '/'),
        new Map(
          Array.from(module.children.allTests(), (test) => [
            test.fullName,
            test.options.mode === 'run' ? 'run' : 'skipped',
          ]),
        ),
      ]),
    );
  } finally {
    await vitest.close();
  }
}

export function flawOfTest(found: Found, file: string, name: string): string | null {
  const tests = found.get(file);
  if (tests === undefined) return 'no such file of tests';
  const state = tests.get(name);
  if (state === undefined) return 'no such test';
  return state === 'run' ? null : 'a test that is skipped';
}
