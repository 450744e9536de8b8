/** The requirements as the files beside this one have them, and what is wrong with them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

/** By file below test/, the names as they stand there: templates of `each` are not filled in. */
const tests = z.record(z.string(), z.array(z.string().min(1)).min(1));

const requirement = z.strictObject({
  /** One of the standard's, or a section of it, where one reason holds for all that it has. */
  id: z.string(),
  /** What it asks for, in our words. */
  asks: z.string().min(1),
  /** How Gatehouse meets it, in a line. */
  how: z.string().min(1).optional(),
  tests: tests.optional(),
  /** `file#heading`, where it is the documentation that is asked for. */
  document: z.string().optional(),
  /** Why whoever deploys Gatehouse has to see to it, or the platform does. */
  deployment: z.string().min(1).optional(),
  /** Why it is not met. */
  unmet: z.string().min(1).optional(),
  /** Why it does not apply. */
  inapplicable: z.string().min(1).optional(),
});

const chapter = z.strictObject({
  standard: z.string(),
  title: z.string(),
  sections: z.array(
    z.strictObject({ title: z.string(), requirements: z.array(requirement).min(1) }),
  ),
});

export type Requirement = z.output<typeof requirement>;
export type Chapter = z.output<typeof chapter>;

export const STATUSES = ['tested', 'documented', 'deployment', 'unmet', 'inapplicable'] as const;
export type Status = (typeof STATUSES)[number];

/** Null: nothing is said of it, or too much. */
export function statusOf(requirement: Requirement): Status | null {
  const { how, tests, document, deployment, unmet, inapplicable } = requirement;
  const reason = (['deployment', 'unmet', 'inapplicable'] as const).find(
    (status) => requirement[status] !== undefined,
  );
  const texts = [how, deployment, unmet, inapplicable].filter((text) => text !== undefined);
  if (texts.length !== 1 || (document !== undefined && reason !== undefined)) return null;
  if (reason !== undefined) return reason;
  if (document !== undefined) return 'documented';
  return tests === undefined ? null : 'tested';
}

export function readChapters(directory: string): Chapter[] {
  return readdirSync(directory)
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((file) => {
      const read = chapter.safeParse(parse(readFileSync(join(directory, file), 'utf8')));
      if (!read.success) throw new Error(`${file}:\n${z.prettifyError(read.error)}`);
      return read.data;
    });
}

/** What a requirement stands for: itself, or all of its section. */
export function idsOf({ id }: Requirement, known: Iterable<string>): string[] {
  return [...known].filter((each) => each === id || each.startsWith(`${id}.`));
}

export interface Evidence {
  known: Iterable<string>;
  /** Why a test is no evidence; null where it is. */
  flawOfTest(file: string, name: string): string | null;
  /** `file#heading` is there. */
  isDocument(address: string): boolean;
}

/** Empty where every requirement is there once, with evidence that is there or with a reason. */
export function flawsOf(chapters: readonly Chapter[], evidence: Evidence): string[] {
  const known = [...evidence.known];
  const flaws: string[] = [];
  const times = new Map(known.map((id) => [id, 0]));
  for (const { sections } of chapters) {
    for (const requirement of sections.flatMap(({ requirements }) => requirements)) {
      const { id, document, tests = {} } = requirement;
      const stands = idsOf(requirement, known);
      if (stands.length === 0) flaws.push(`${id} is no requirement`);
      for (const one of stands) times.set(one, (times.get(one) ?? 0) + 1);
      if (statusOf(requirement) === null) {
        flaws.push(`${id} needs tests or a document with how it is met, or else one reason`);
      }
      if (document !== undefined && !evidence.isDocument(document)) {
        flaws.push(`${id}: there is no ${document}`);
      }
      for (const [file, names] of Object.entries(tests)) {
        for (const name of names) {
          const flaw = evidence.flawOfTest(file, name);
          if (flaw !== null) flaws.push(`${id}: ${flaw}: ${file}, "${name}"`);
        }
      }
    }
  }
  for (const [id, n] of times) {
    if (n === 0) flaws.push(`${id} is missing`);
    if (n > 1) flaws.push(`${id} is there ${n} times`);
  }
  return flaws;
}
