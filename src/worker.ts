/** The Worker: its handlers and its Durable Objects. A faulty setting fails right here. */
import { env } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { keepHouse } from './scheduled.ts';

export { AccountGuard } from './guard/account-guard.ts';
export { AddressGuard } from './guard/address-guard.ts';
export { MetricsHub } from './observe/metrics-hub.ts';

const { fetch } = createApp(env);

export default { fetch, scheduled: () => keepHouse(env) };
