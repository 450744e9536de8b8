/**
 * Signing in without scripts, for contracts whose refresh token is a cookie. The form is sent to
 * the folder of the login path, because that is where a cookie without a Path belongs. What it
 * holds goes through the contract's own login, with the same guards and the same answer.
 */
import type { Handler, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Contract } from '../contracts/contract.ts';
import { isOwnRequest } from '../http/origin.ts';
import { LoginPage } from './login.tsx';
import {
  htmlResponse,
  originsOf,
  sheetFor,
  surroundings,
  type PageContext,
  type Pages,
  type PagesHouse,
} from './respond.ts';
import { pageHeaders } from './policy.ts';
import { reasonOf, waitOf } from './reason.ts';
import { returnTarget } from './return-to.ts';
import { shapeOf } from './shape.ts';
import type { Reason } from './sheet.ts';

const MOST_BYTES = 16 * 1024;
const LIKELY: readonly Reason[] = ['invalid', 'inactive', 'unverified', 'locked', 'malformed'];
/** What the login itself must know of the visitor. */
const PASSED_ON = ['CF-Connecting-IP', 'User-Agent'];

export function mountLoginForm(pages: Pages, house: PagesHouse, language: MiddlewareHandler): void {
  const inCookie = house.contracts.filter(({ refresh }) => refresh?.in === 'cookie');
  const limit = bodyLimit({ maxSize: MOST_BYTES });
  for (const contract of inCookie) {
    const path = `/${contract.name}${contract.base}/login-form`;
    pages.post(
      path,
      language,
      limit,
      takeForm(house, () => contract),
    );
  }
  for (const base of new Set(inCookie.map((contract) => contract.base))) {
    const bare = (url: URL) => {
      const contract = house.contractAt(url);
      return contract.base === base && contract.refresh?.in === 'cookie' ? contract : null;
    };
    pages.post(`${base}/login-form`, language, limit, takeForm(house, bare));
  }
}

function takeForm(house: PagesHouse, contractAt: (url: URL) => Contract | null): Handler {
  return async (at, next) => {
    const url = new URL(at.req.url);
    const contract = contractAt(url);
    const type = at.req.header('Content-Type') ?? '';
    const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type);
    if (contract === null || !isForm || house.isInsecure(url)) return next();
    const prefix = url.pathname.startsWith(`/${contract.name}/`) ? `/${contract.name}` : '';
    const form = new URLSearchParams(await at.req.text());
    const returnTo = returnTarget(form.get('return_to'), at.req.url, house.allowedOrigins);
    const place = { contract, prefix, returnTo: returnTo ?? undefined };
    // Another site must not sign its visitors in to an account of its choice.
    if (!isOwnRequest(at.req.raw.headers, at.req.url, [])) {
      return refuse(at, house, { place, status: 403, reason: 'cross-site' });
    }

    const { identifier, password } = shapeOf(contract).login;
    const answer = await house.answer(loginRequest(at, prefix + contract.base, form), at);
    if (answer.ok) {
      const headers = new Headers({
        Location: returnTo ?? `${prefix}/`,
        'Cache-Control': 'no-store',
      });
      for (const cookie of answer.headers.getSetCookie()) headers.append('Set-Cookie', cookie);
      return new Response(null, { status: 303, headers });
    }
    const { status } = answer;
    const seen = { status, headers: answer.headers, body: await answer.json() };
    const reason = reasonOf(shapeOf(contract).marks, seen, LIKELY) ?? 'internal';
    const waitSeconds = reason === 'internal' ? 0 : waitOf(answer.headers);
    const retry = answer.headers.get('Retry-After');
    return refuse(at, house, {
      place,
      status,
      reason,
      waitSeconds,
      retry,
      identifier: form.get(identifier),
    });

    function loginRequest(at: PageContext, api: string, sent: URLSearchParams): Request {
      const headers = new Headers({ 'Content-Type': 'application/json' });
      for (const name of PASSED_ON) {
        const value = at.req.header(name);
        if (value !== undefined) headers.set(name, value);
      }
      const body = Object.fromEntries([identifier, password].map((name) => [name, sent.get(name)]));
      const login = new URL(`${api}/login`, at.req.url);
      return new Request(login, { method: 'POST', headers, body: JSON.stringify(body) });
    }
  };
}

interface Refused {
  place: Parameters<typeof sheetFor>[2];
  status: number;
  reason: Reason;
  waitSeconds?: number;
  retry?: string | null;
  identifier?: string | null;
}

async function refuse(at: PageContext, house: PagesHouse, refused: Refused): Promise<Response> {
  const { place, status, reason, waitSeconds = 0, retry = null, identifier } = refused;
  const around = await surroundings(at, house);
  const sheet = sheetFor('login', around, place);
  const outcome = { reason, waitSeconds, identifier: identifier ?? '' };
  const headers = pageHeaders(around.nonce, originsOf(place.returnTo ?? null));
  return htmlResponse(<LoginPage around={around} sheet={sheet} outcome={outcome} />, {
    status,
    headers: retry === null ? headers : { ...headers, 'Retry-After': retry },
  });
}
