/** Replaces `cloudflare:workers` for the deployed bundle, with the network at its bindings. */
import { env as real } from 'cloudflare:workers';
import { interceptBindings } from '../../../test/fixtures/intercept-bindings.ts';
import { intercept } from './network.ts';

export { DurableObject, WorkerEntrypoint, RpcTarget } from 'cloudflare:workers';

export const env = interceptBindings(real as Env, intercept);
