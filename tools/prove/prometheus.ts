/** A client of a Prometheus server's API. */
import { setTimeout as sleep } from 'node:timers/promises';

export type Result = { metric: Record<string, string>; value: [number, string] }[];
export type Query = (query: string) => Promise<Result>;

const PATIENCE_MS = 60_000;

/** Resolves when the server has scraped its target and has evaluated every rule. */
export async function connectPrometheus(origin: string): Promise<Query> {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${origin}/api/v1/${path}`);
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data: T;
    };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  };
  const query: Query = async (text) =>
    (await get<{ result: Result }>(`query?query=${encodeURIComponent(text)}`)).result;
  const target = async () => {
    const { activeTargets } = await get<{
      activeTargets: { health: string; lastError: string }[];
    }>('targets');
    return `${activeTargets[0]?.health} ${activeTargets[0]?.lastError}`.trim();
  };
  const rules = async () => {
    const { groups } = await get<{ groups: { rules: { health: string }[] }[] }>('rules');
    return groups.flatMap(({ rules }) => rules.map(({ health }) => health));
  };
  await until(async () => (await query('up{job="gatehouse"} == 1')).length === 1, target);
  console.log(`scraped: ${await target()}`);
  await until(async () => (await rules()).every((health) => health === 'ok'), rules);
  console.log(`rules: ${(await rules()).length} evaluated`);
  return query;
}

/** Polls; throws what `why` returns when it takes too long. */
async function until(holds: () => Promise<boolean>, why: () => Promise<unknown>): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(String(await why()));
    await sleep(200);
  }
}
