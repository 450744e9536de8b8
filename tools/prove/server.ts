/** A Prometheus server's API, as far as the proof needs it. */
export type Answer = { metric: Record<string, string>; value: [number, string] }[];
export type Ask = (query: string) => Promise<Answer>;

/** Resolves when the server has scraped, and has evaluated every rule. */
export async function asking(api: string): Promise<Ask> {
  const ask: Ask = async (query) => {
    const answer = await fetch(`${api}/query?query=${encodeURIComponent(query)}`);
    const { status, error, data } = (await answer.json()) as {
      status: string;
      error?: string;
      data: { result: Answer };
    };
    if (status !== 'success') throw new Error(`${query}: ${error}`);
    return data.result;
  };
  await patiently(
    async () => (await ask('up{job="gatehouse"} == 1')).length === 1,
    () => targetOf(api),
  );
  console.log(`scraped: ${await targetOf(api)}`);
  await patiently(
    async () => (await rulesOf(api)).every((health) => health === 'ok'),
    async () => (await rulesOf(api)).join(),
  );
  console.log(`rules: ${(await rulesOf(api)).length} evaluated`);
  return ask;
}

async function targetOf(api: string): Promise<string> {
  const { data } = (await (await fetch(`${api}/targets`)).json()) as {
    data: { activeTargets: { health: string; lastError: string }[] };
  };
  const [target] = data.activeTargets;
  return `${target?.health} ${target?.lastError}`.trim();
}

async function rulesOf(api: string): Promise<string[]> {
  const { data } = (await (await fetch(`${api}/rules`)).json()) as {
    data: { groups: { rules: { health: string }[] }[] };
  };
  return data.groups.flatMap(({ rules }) => rules.map(({ health }) => health));
}

const PATIENCE_MS = 60_000;
async function patiently(holds: () => Promise<boolean>, why: () => Promise<string>): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(await why());
    await new Promise((done) => setTimeout(done, 200));
  }
}
