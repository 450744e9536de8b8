/** The Worker: its fetch handler and its Durable Objects. A faulty setting fails right here. */
import { env } from 'cloudflare:workers';
import { createApp } from './app.ts';

export { AccountGuard } from './guard/account-guard.ts';
export { AddressGuard } from './guard/address-guard.ts';
export { MetricsHub } from './observe/metrics-hub.ts';

export default createApp(env);
