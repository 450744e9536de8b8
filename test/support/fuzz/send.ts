/** Sends a case, and says which laws the answer breaks. */
import { operationAt } from '../published.ts';
import type { CapturedConsole } from './captured-console.ts';
import { violationsOf, target } from './invariants.ts';
import { changed, requestInit, type Change } from './outgoing.ts';
import type { Circumstances, Scene } from './fixture.ts';

export interface Case {
  circumstances: Circumstances;
  changes: readonly Change[];
}

export interface Told {
  flaws: string[];
  status: number;
  /** Where it arrived; null: at no operation. */
  operation: string | null;
  /** As the log has it, where it says something. */
  outcome: string | null;
}

/** Null: no client could send it. */
export async function send(
  scene: Scene,
  operation: string,
  { circumstances, changes, ear }: Case & { ear: CapturedConsole },
): Promise<Told | null> {
  const { name: contract } = scene;
  const ready = await scene.ready(operation, circumstances);
  let outgoing = ready.outgoing;
  for (const change of changes) outgoing = changed(outgoing, change);
  const init = requestInit(outgoing);
  if (init === null) return null;
  ear.take();
  const { origin, path } = outgoing;
  const answer = await scene.fetch(circumstances)(path, { ...init, origin });
  const heard = ear.take();
  const sent = { contract, ready, outgoing, headers: init.headers };
  const flaws = violationsOf(sent, answer, heard);
  if (answer.status < 300) scene.used(operation, circumstances);
  const { method, pathname } = target(outgoing);
  const arrived = operationAt({ contract, method, path: pathname });
  return { flaws, status: answer.status, operation: arrived, outcome: outcomeIn(heard) };
}

function outcomeIn(heard: readonly string[]): string | null {
  for (const line of heard) {
    const outcome = /"outcome":"([\w-]+)"/.exec(line)?.[1];
    if (outcome !== undefined) return outcome;
  }
  return null;
}
