/**
 * Stands where `cloudflare:workers` does for the deployed bundle, with a network between it and its
 * bindings. Which one, the entry is told.
 */
import { env as real } from 'cloudflare:workers';
import { slowNetwork } from '../../../test/fixtures/slow-network.ts';
import {
  interceptBindings,
  type Call,
  type BindingInterceptor,
} from '../../../test/fixtures/intercept-bindings.ts';

export { DurableObject, WorkerEntrypoint, RpcTarget } from 'cloudflare:workers';

/** What a call takes besides, by what it goes to; half of it on the way there. */
export interface Distance extends Record<Call['to'], number> {
  /** Methods whose calls never arrive. */
  held?: readonly string[];
}

/** `slow` is for counting, a distance for timing; null is no network at all. */
export type Network = 'slow' | Distance | null;

let network: Network = null;
export const travelBy = (chosen: Network) => void (network = chosen);

export const recorder = slowNetwork();
export const letters: string[] = [];

const HELD_MS = 3_600_000;

const distant: BindingInterceptor = async ({ to, method }, proceed) => {
  const distance = network === null || network === 'slow' ? null : network;
  const halfMs = (distance?.[to] ?? 0) / 2;
  await scheduler.wait(distance?.held?.includes(method) ? HELD_MS : halfMs);
  try {
    return await proceed();
  } finally {
    await scheduler.wait(halfMs);
  }
};

export const env = interceptBindings(real as Env, (call, proceed) => {
  if (call.to === 'mail') letters.push(call.what.join('\n'));
  if (network === null) return proceed();
  return (network === 'slow' ? recorder.intercept : distant)(call, proceed);
});
