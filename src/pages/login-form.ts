/**
 * Signs in without scripts, for contracts whose refresh token is a cookie. The form is sent to the
 * folder of the login path, because a cookie without a Path belongs there. Its fields go through the
 * contract's own login, with the same limits and the same answer. Where a second factor is owed, the
 * answer asks for the code, with the handle in a hidden field: it is in no URL, and so in no log.
 */
import type { Context, Handler } from 'hono';
import { encodeRequest, type EncodedRequest } from '../contracts/routes.ts';
import { requestSite } from '../http/origin.ts';
import { readForm } from '../http/read-body.ts';
import { signaturesOf } from './contract-descriptor.ts';
import { pageLanguage as language } from './language.ts';
import { askCode, formPath, refuse, type SentForm } from './login-form-pages.tsx';
import { fieldsNamed, reasonOf, stepIn } from './refusal-reason.ts';
import type { PageContext, Pages, PagesDependencies, PageLocation } from './render.ts';
import { returnTarget } from './return-to.ts';
import type { Reason } from './page-data.ts';

const LIKELY: readonly Reason[] = [
  'invalid-factor',
  'expired-step',
  'invalid',
  'inactive',
  'unverified',
  'locked',
  'malformed',
];
/** The headers of the form's request that the login reads. */
const FORWARDED_HEADERS = ['CF-Connecting-IP', 'User-Agent', 'Cookie'];

export function mountLoginForm(pages: Pages, deps: PagesDependencies): void {
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
    pages.get(path, (c) => c.redirect(`${prefix}/login${new URL(c.req.url).search}`));
  }
  for (const path of new Set(withCookie.map(formPath))) {
    const bareLocation = (url: URL): PageLocation | null => {
      const contract = deps.contractAt(url);
      return withCookie.includes(contract) && formPath(contract) === path
        ? { contract, prefix: '' }
        : null;
    };
    pages.post(path, language, handleForm(deps, bareLocation));
    pages.get(path, (c, next) => {
      const url = new URL(c.req.url);
      return bareLocation(url) === null ? next() : c.redirect(`/login${url.search}`);
    });
  }
}

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
    if (form.ok) return signIn(c, deps, formOf(c, deps, { location, form: form.fields }));
    deps.reportForm(location.contract, 'malformed', c);
    const status = form.fault === 'too-large' ? 413 : 400;
    return refuse(c, deps, { location, status, reason: 'malformed' });
  };
}

const isForm = (c: Context): boolean =>
  /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(c.req.header('Content-Type') ?? '');

function formOf(
  c: PageContext,
  { allowedOrigins }: PagesDependencies,
  { location, form }: { location: PageLocation; form: URLSearchParams },
): SentForm {
  const returnTo = returnTarget(form.get('return_to'), c.req.url, allowedOrigins) ?? undefined;
  const challenge = form.get('challenge');
  const way = form.get('other-way');
  return {
    location: { ...location, returnTo },
    identifier: form.get(location.contract.identifier)?.trim() ?? '',
    password: form.get('password') ?? '',
    code: form.get(challenge === null ? 'code' : 'factor-code'),
    challenge,
    isRecoveryCode: (way ?? form.get('way')) === 'recovery-code',
    isOtherWay: way !== null,
  };
}

function encodeForm({ location: { contract }, ...form }: SentForm): EncodedRequest {
  const { identifier: value, password, code, challenge } = form;
  if (challenge !== null) {
    return encodeRequest(contract, 'second-factor', { input: { challenge, code: code ?? '' } });
  }
  const identifier = { kind: contract.identifier, value };
  return encodeRequest(contract, 'login', {
    input: { identifier, password, remember: false, code: code || null },
  });
}

async function signIn(c: PageContext, deps: PagesDependencies, form: SentForm) {
  const { location, identifier, password, challenge } = form;
  const { contract, prefix, returnTo } = location;
  if (challenge !== null && form.isOtherWay) return askCode(c, deps, { form, challenge });
  const answer = await deps.answer(loginRequest(c, prefix, encodeForm(form)), c);
  const { status, headers } = answer;
  if (answer.ok) {
    const redirect = new Headers({ Location: returnTo ?? `${prefix}/` });
    for (const cookie of headers.getSetCookie()) redirect.append('Set-Cookie', cookie);
    return new Response(null, { status: 303, headers: redirect });
  }
  const refusal: unknown = await answer.json();
  const { identifier: kind, loginFields, errors } = contract;
  const paths = { error: errors.paths };
  const refusals = signaturesOf(contract, challenge === null ? 'login' : 'second-factor');
  const reason = reasonOf({ refusals, paths }, { status, headers, body: refusal }, LIKELY);
  const step = stepIn({ body: refusal }, { paths });
  if (step?.enrols === false) {
    const isRecoveryCode = form.isRecoveryCode || !step.methods.includes('totp');
    return askCode(c, deps, { form: { ...form, isRecoveryCode }, challenge: step.challenge });
  }
  if (challenge !== null && reason !== 'expired-step') {
    return askCode(c, deps, { form, challenge, refused: { status, headers, reason } });
  }
  const fields = {
    [loginFields.identifier]: { name: kind, isEmpty: identifier === '' },
    [loginFields.password]: { name: 'password', isEmpty: password === '' },
  };
  const named = reason === 'malformed' ? fieldsNamed(refusal, Object.keys(fields)) : [];
  return refuse(c, deps, {
    location,
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
