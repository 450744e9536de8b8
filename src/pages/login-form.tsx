/**
 * Signs in without scripts, for contracts whose refresh token is a cookie. The form is sent to the
 * folder of the login path, because a cookie without a Path belongs there. Its fields go through the
 * contract's own login, with the same limits and the same answer.
 */
import type { Context, Handler, MiddlewareHandler } from 'hono';
import type { Contract } from '../contracts/contract.ts';
import { encodeRequest, type EncodedRequest } from '../contracts/routes.ts';
import { pathOf } from '../http/contract-operations.ts';
import { requestSite } from '../http/origin.ts';
import { readForm } from '../http/read-body.ts';
import { signaturesOf } from './contract-descriptor.ts';
import { LoginPage } from './login.tsx';
import { pageHeaders } from './content-security-policy.ts';
import { fieldsNamed, reasonOf, waitOf } from './refusal-reason.ts';
import {
  htmlResponse,
  originsOf,
  pageDataFor,
  createRenderContext,
  type PageContext,
  type Pages,
  type PagesDependencies,
  type PageLocation,
} from './render.ts';
import { returnTarget } from './return-to.ts';
import type { Reason, PageData } from './page-data.ts';

const LIKELY: readonly Reason[] = ['invalid', 'inactive', 'unverified', 'locked', 'malformed'];
/** The headers of the form's request that the login reads. */
const FORWARDED_HEADERS = ['CF-Connecting-IP', 'User-Agent', 'Cookie'];

export function mountLoginForm(
  pages: Pages,
  deps: PagesDependencies,
  language: MiddlewareHandler,
): void {
  const withCookie = deps.contracts.filter(({ refresh }) => refresh?.in === 'cookie');
  for (const contract of withCookie) {
    const prefix = `/${contract.name}`;
    const path = prefix + formPath(contract);
    pages.post(
      path,
      language,
      handleForm(deps, () => ({ contract, prefix })),
    );
    // A browser reloads the address of a refused form with GET.
    pages.get(path, (c) => c.redirect(`${prefix}/login`));
  }
  for (const path of new Set(withCookie.map(formPath))) {
    const bareLocation = (url: URL): PageLocation | null => {
      const contract = deps.contractAt(url);
      return withCookie.includes(contract) && formPath(contract) === path
        ? { contract, prefix: '' }
        : null;
    };
    pages.post(path, language, handleForm(deps, bareLocation));
    pages.get(path, (c, next) =>
      bareLocation(new URL(c.req.url)) === null ? next() : c.redirect('/login'),
    );
  }
}

/** Beside the login, without the contract's prefix. */
const formPath = (contract: Contract): string => `${pathOf(contract, 'login')}-form`;

function handleForm(
  deps: PagesDependencies,
  locationAt: (url: URL) => PageLocation | null,
): Handler {
  return async (c, next) => {
    const url = new URL(c.req.url);
    const location = locationAt(url);
    if (location === null || !isForm(c)) return next();
    // Login CSRF: another site must not sign its visitors in to an account of its choice.
    if (requestSite(c.req.raw.headers, c.req.url, []) === 'foreign') {
      deps.reportForm(location.contract, 'cross-site', c);
      return refuse(c, deps, { location, status: 403, reason: 'cross-site' });
    }
    const form = await readForm(c.req.raw);
    if (form.ok) return signIn(c, deps, { location, form: form.fields });
    deps.reportForm(location.contract, 'malformed', c);
    const status = form.fault === 'too-large' ? 413 : 400;
    return refuse(c, deps, { location, status, reason: 'malformed' });
  };
}

const isForm = (c: Context): boolean =>
  /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(c.req.header('Content-Type') ?? '');

async function signIn(
  c: PageContext,
  deps: PagesDependencies,
  { location, form }: { location: PageLocation; form: URLSearchParams },
) {
  const { contract, prefix } = location;
  const { identifier: kind, loginFields } = contract;
  const returnTo = returnTarget(form.get('return_to'), c.req.url, deps.allowedOrigins) ?? undefined;
  const identifier = form.get(kind) ?? '';
  const password = form.get('password') ?? '';
  const login = encodeRequest(contract, 'login', {
    input: { identifier: { kind, value: identifier }, password, remember: false, code: null },
  });
  const answer = await deps.answer(loginRequest(c, prefix, login), c);
  const { status, headers } = answer;
  if (answer.ok) {
    const redirect = new Headers({ Location: returnTo ?? `${prefix}/` });
    for (const cookie of headers.getSetCookie()) redirect.append('Set-Cookie', cookie);
    return new Response(null, { status: 303, headers: redirect });
  }
  const refusal: unknown = await answer.json();
  const signatures = {
    refusals: signaturesOf(contract, 'login'),
    paths: { error: contract.errors.paths },
  };
  const reason = reasonOf(signatures, { status, headers, body: refusal }, LIKELY);
  const fields = {
    [loginFields.identifier]: { name: kind, isEmpty: identifier === '' },
    [loginFields.password]: { name: 'password', isEmpty: password === '' },
  };
  const named = reason === 'malformed' ? fieldsNamed(refusal, Object.keys(fields)) : [];
  return refuse(c, deps, {
    location: { contract, prefix, returnTo },
    status,
    reason: reason ?? 'internal',
    headers,
    identifier,
    refusedFields: named.flatMap((name) => fields[name] ?? []),
  });
}

/** Makes the login request that the script would have sent. */
function loginRequest(c: Context, prefix: string, login: EncodedRequest): Request {
  const headers = new Headers(login.headers);
  for (const name of FORWARDED_HEADERS) {
    const value = c.req.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  const { method, path, body } = login;
  return new Request(new URL(prefix + path, c.req.url), { method, headers, body });
}

interface Refused {
  location: PageLocation;
  status: number;
  reason: Reason;
  /** The headers of the login's own answer. */
  headers?: Headers;
  identifier?: string | null;
  refusedFields?: readonly RefusedField[];
}

interface RefusedField {
  /** Of the input. */
  name: string;
  isEmpty: boolean;
}

function fieldError({ name, isEmpty }: RefusedField, { messages }: PageData): string {
  if (isEmpty) return messages.required;
  return name === 'email' ? messages.emailMalformed : messages.refusals.malformed;
}

/** Answers with the sign-in page and its errors. A password is never sent back. */
async function refuse(
  c: PageContext,
  deps: PagesDependencies,
  refused: Refused,
): Promise<Response> {
  const {
    location,
    status,
    reason,
    headers = new Headers(),
    identifier,
    refusedFields = [],
  } = refused;
  const context = await createRenderContext(c, deps);
  const pageData = pageDataFor('login', context, location);
  const waitSeconds = waitOf(headers, reason);
  const errors = Object.fromEntries(
    refusedFields.map((field) => [field.name, fieldError(field, pageData)]),
  );
  const outcome = { reason, waitSeconds, identifier: identifier ?? '', errors };
  const retryAfter = headers.get('Retry-After');
  return htmlResponse(<LoginPage context={context} pageData={pageData} outcome={outcome} />, {
    status,
    headers: {
      ...pageHeaders(context.nonce, originsOf(location.returnTo ?? null)),
      ...(retryAfter === null ? {} : { 'Retry-After': retryAfter }),
    },
  });
}
