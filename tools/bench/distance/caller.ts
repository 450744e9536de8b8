/** Sends one request at a time, over loopback, and waits for all that it left behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Told } from './entry.ts';
import type { Ask } from './flows.ts';
import type { Network } from './platform.ts';

/** Longer than a letter is allowed to take, however far away the post is. */
const PATIENCE_MS = 30_000;

export type Caller = ReturnType<typeof createCaller>;

export function createCaller(origin: string) {
  let users = 0;
  let strangers = 0;
  let addresses = 0;
  const letters: string[] = [];

  const address = () => {
    addresses += 1;
    return `10.1.${addresses >> 8}.${addresses & 255}`;
  };
  const letterTo = (email: string) => letters.findLast((letter) => letter.startsWith(email)) ?? '';

  const send = async ({ path, method, body, token, cookie, status, ...ask }: Ask) => {
    const request = {
      method: method ?? 'POST',
      headers: {
        'Content-Type': 'application/json',
        'CF-Connecting-IP': ask.address ?? address(),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(cookie === undefined ? {} : { Cookie: cookie }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const startedMs = performance.now();
    const response = await fetch(origin + path, request);
    const text = await response.text();
    const tookMs = performance.now() - startedMs;
    if (response.status !== status) {
      throw new Error(`${path}: expected ${status}, got ${response.status} ${text}`);
    }
    const told = await journey();
    letters.push(...told.letters);
    return { text, headers: response.headers, tookMs, journey: told.journey };
  };

  const journey = async (): Promise<Told> => {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (performance.now() < deadlineMs) {
      const response = await fetch(`${origin}/journey`);
      if (response.ok) return (await response.json()) as Told;
      await response.body?.cancel();
      await sleep(5);
    }
    throw new Error('what a request left behind is not done');
  };

  return {
    address,
    send,
    travelBy: (network: Network) =>
      fetch(`${origin}/network`, { method: 'POST', body: JSON.stringify(network) }),
    /** Somebody who has not been used yet. */
    user() {
      users += 1;
      return `right-${users}@bench.example`;
    },
    nobody() {
      strangers += 1;
      return `nobody-${strangers}@bench.example`;
    },
    async signIn(ask: Ask) {
      const { text, headers } = await send(ask);
      const { token } = JSON.parse(text) as { token: string };
      const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
      const { sid: session } = JSON.parse(claims) as { sid: string };
      return { token, session, cookie: (headers.get('Set-Cookie') ?? '').split(';')[0] ?? '' };
    },
    codeTo: (email: string) => /\b\d{6}\b/.exec(letterTo(email))?.[0] ?? 'no code',
    linkTo: (email: string) => /#token=([\w-]+)/.exec(letterTo(email))?.[1] ?? 'no link',
  };
}
