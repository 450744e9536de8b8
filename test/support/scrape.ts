/** Asks a house for its metrics, and puts a spanner between it and the hub. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { parsed, valueOf, type Format } from './exposition.ts';
import { freshAddress, type TestApp } from './test-app.ts';

export const token = String(Reflect.get(env, 'OPERATOR_TOKEN'));
export const OPENMETRICS = 'application/openmetrics-text; version=1.0.0';
export const hub = () => env.METRICS_AGGREGATOR.getByName('hub');

export async function scrape({ fetch }: TestApp, accept = 'text/plain') {
  const answer = await fetch('/metrics', {
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: accept,
      'CF-Connecting-IP': freshAddress(),
    },
  });
  expect(answer.status).toBe(200);
  const format: Format = answer.headers.get('Content-Type')?.startsWith('application/openmetrics')
    ? 'openmetrics'
    : 'prometheus';
  const families = parsed(answer.text, format);
  const value = (name: string, labels: Record<string, string> = {}) =>
    valueOf(families, name, labels) ?? 0;
  return { ...answer, families, value };
}

/** What `work` adds to a sample, as the house tells it. */
export async function added(here: TestApp, work: () => Promise<unknown>) {
  const before = await scrape(here);
  await work();
  const after = await scrape(here);
  return (name: string, labels: Record<string, string> = {}) =>
    after.value(name, labels) - before.value(name, labels);
}

type Method = 'add' | 'read';
/** The hub, with something done to its calls; `proceed` makes the real one. */
export const hubWith = (
  intercept: (method: Method, proceed: () => Promise<unknown>) => Promise<unknown>,
): object => {
  const method =
    (name: Method) =>
    (...given: never[]) =>
      intercept(name, async () =>
        (hub()[name] as unknown as (...given: never[]) => Promise<unknown>)(...given),
      );
  return {
    METRICS_AGGREGATOR: { getByName: () => ({ add: method('add'), read: method('read') }) },
  };
};
