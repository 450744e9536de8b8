/** Reads the metrics of an app, and puts faults between it and the aggregator. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { parseMetrics, valueOf, type Format } from './exposition.ts';
import { operatorToken } from './operator.ts';
import { freshAddress, type TestApp } from './test-app.ts';

export const OPENMETRICS = 'application/openmetrics-text; version=1.0.0';

/** Settings of an app whose metrics reach the aggregator. */
export const measured = { METRICS_AGGREGATOR: env.METRICS_AGGREGATOR };

type Labels = Record<string, string>;

export async function scrape({ fetch }: TestApp, accept = 'text/plain') {
  const answer = await fetch('/metrics', {
    headers: {
      Authorization: `Bearer ${operatorToken}`,
      Accept: accept,
      'CF-Connecting-IP': freshAddress(),
    },
  });
  expect(answer.status).toBe(200);
  const format: Format = answer.headers.get('Content-Type')?.startsWith('application/openmetrics')
    ? 'openmetrics'
    : 'prometheus';
  const families = parseMetrics(answer.text, format);
  return {
    ...answer,
    families,
    /** Null: there is no such series. */
    valueOf: (name: string, labels: Labels = {}) => valueOf(families, name, labels),
    value: (name: string, labels: Labels = {}) => valueOf(families, name, labels) ?? 0,
  };
}

/** Returns by how much `work` increases a series. */
export async function increasesOf(app: TestApp, work: () => Promise<unknown>) {
  const before = await scrape(app);
  await work();
  const after = await scrape(app);
  return (name: string, labels: Labels = {}) =>
    after.value(name, labels) - before.value(name, labels);
}

type Method = 'add' | 'read';

/** Settings with an aggregator whose calls go through `intercept`; `proceed` makes the real call. */
export const aggregatorWith = (
  intercept: (method: Method, proceed: () => Promise<unknown>) => Promise<unknown>,
): object => {
  const real = () => env.METRICS_AGGREGATOR.getByName('hub') as unknown as Record<Method, Function>;
  const method =
    (name: Method) =>
    (...args: unknown[]) =>
      intercept(name, async () => (await real()[name](...args)) as unknown);
  return {
    METRICS_AGGREGATOR: { getByName: () => ({ add: method('add'), read: method('read') }) },
  };
};
