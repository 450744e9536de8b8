/** Gatehouse with an ear at its bindings. */
import { createApp } from '../../../src/app.ts';
import { traced } from './trace.ts';

export { AccountGuard } from '../../../src/guard/account-guard.ts';
export { AddressGuard } from '../../../src/guard/address-guard.ts';

export default traced<Env>((env) => ({ fetch: createApp(env).fetch }));
