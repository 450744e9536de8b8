/** Sends one request at a time to a traced Worker, and waits for all work after its response. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sendOne } from '../../burst.ts';
import type { Network, Traced } from './network.ts';

export interface TracedRequest {
  path: string;
  /** POST where absent. */
  method?: 'GET' | 'DELETE' | 'POST';
  body?: object;
  token?: string;
  cookie?: string;
  origin?: string;
  /** A new one where absent. */
  address?: string;
  status: number;
}

/** Longer than an e-mail may take, however far away the mail service is. */
const PATIENCE_MS = 30_000;

export type Caller = ReturnType<typeof createCaller>;

/** `settleMs`: waited before a trace is taken, for work that the runtime does not announce. */
export function createCaller(origin: string, settleMs = 0) {
  const used = { users: 0, unknown: 0, addresses: 0 };
  const mails: string[] = [];
  const newAddress = () => {
    used.addresses += 1;
    return `10.1.${used.addresses >> 8}.${used.addresses & 255}`;
  };
  const inMailTo = (email: string, pattern: RegExp) =>
    pattern.exec(mails.findLast((mail) => mail.startsWith(email)) ?? '')?.[1] ?? 'none';

  const takeTrace = async (): Promise<Traced> => {
    await sleep(settleMs);
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (performance.now() < deadlineMs) {
      const response = await fetch(`${origin}/trace`);
      if (response.ok) return (await response.json()) as Traced;
      await response.body?.cancel();
      await sleep(5);
    }
    throw new Error('the work after a response does not end');
  };

  const send = async ({ path, method = 'POST', body, token, cookie, ...rest }: TracedRequest) => {
    const { status, address = newAddress() } = rest;
    const headers = {
      'Content-Type': 'application/json',
      'CF-Connecting-IP': address,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(rest.origin === undefined ? {} : { Origin: rest.origin }),
    };
    const startedMs = performance.now();
    const text = body === undefined ? '' : JSON.stringify(body);
    const answer = await sendOne(origin, { method, path, headers, body: text });
    const tookMs = performance.now() - startedMs;
    if (answer.status !== status) {
      throw new Error(`${path}: expected ${status}, got ${answer.status} ${answer.text}`);
    }
    const { trace, mails: sent } = await takeTrace();
    mails.push(...sent);
    return { ...answer, tookMs, trace };
  };

  return {
    newAddress,
    send,
    setNetwork: (network: Network) =>
      fetch(`${origin}/network`, { method: 'POST', body: JSON.stringify(network) }),
    /** A user of the database that was not returned before. */
    newUser: () => `right-${(used.users += 1)}@bench.example`,
    /** An address without an account. */
    unknown: () => `unknown-${(used.unknown += 1)}@bench.example`,
    async logIn(login: TracedRequest) {
      const { text, headers } = await send(login);
      const { token } = JSON.parse(text) as { token: string };
      const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
      const { sid: session } = JSON.parse(claims) as { sid: string };
      return { token, session, cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
    },
    codeTo: (email: string) => inMailTo(email, /\b(\d{6})\b/),
    linkTo: (email: string) => inMailTo(email, /#token=([\w-]+)/),
  };
}
