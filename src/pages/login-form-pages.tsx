/** The pages that a form without scripts is answered with: the sign-in again, or the code of a step. */
import type { Contract } from '../contracts/contract.ts';
import { pathOf } from '../http/contract-operations.ts';
import { pageHeaders } from './content-security-policy.ts';
import { linkTo, type RenderContext } from './layout.tsx';
import { LoginPage, outcomeText } from './login.tsx';
import type { Reason, PageData } from './page-data.ts';
import { waitOf } from './refusal-reason.ts';
import {
  createRenderContext,
  htmlResponse,
  originsOf,
  pageDataFor,
  type PageContext,
  type PageLocation,
  type PagesDependencies,
} from './render.ts';
import { CodePage } from './second-factor.tsx';

/** Beside the login, without the contract's prefix. */
export const formPath = (contract: Contract): string => `${pathOf(contract, 'login')}-form`;

/** A form as it was sent. */
export interface SentForm {
  location: PageLocation;
  identifier: string;
  password: string;
  /** Null: none was asked for. */
  code: string | null;
  /** The handle of the step that the form completes; null: it is the first one. */
  challenge: string | null;
  /** The field takes a recovery code, not one of an app. */
  isRecoveryCode: boolean;
  /** Asks for the field for the other kind of code, and for nothing else. */
  isOtherWay: boolean;
}

/** Answers with the page for the code of a step. */
export async function askCode(
  c: PageContext,
  deps: PagesDependencies,
  {
    form: { location, code, isRecoveryCode, isOtherWay },
    challenge,
    refused,
  }: {
    form: SentForm;
    challenge: string;
    refused?: { status: number; headers: Headers; reason: Reason | null };
  },
): Promise<Response> {
  const context = await createRenderContext(c, deps, searchOf(location));
  const pageData = pageDataFor('login', context, location);
  const { messages } = pageData;
  const isWrong = refused?.reason === 'invalid-factor' || refused?.reason === 'malformed';
  const error = isWrong
    ? code
      ? messages.refusals['invalid-factor']
      : messages.required
    : undefined;
  const outcome = refused && !isWrong && noticeOf(refused);
  const page = (
    <CodePage
      context={context}
      action={location.prefix + formPath(location.contract)}
      hidden={{
        challenge,
        return_to: pageData.returnTo,
        ...(isRecoveryCode && { way: 'recovery-code' }),
      }}
      isRecoveryCode={isRecoveryCode}
      notice={outcome ? outcomeText(pageData, outcome) : undefined}
      error={error}
      back={linkTo(pageData, '/login')}
    />
  );
  return pageResponse(page, {
    context,
    location,
    status: refused?.status ?? (isOtherWay ? 200 : 403),
    headers: refused?.headers,
  });
}

/** A form that was sent is no page to ask for again: its path leads to the sign-in page. */
const searchOf = ({ returnTo }: PageLocation): string =>
  !returnTo ? '' : `?return_to=${encodeURIComponent(returnTo)}`;

const noticeOf = ({ reason, headers }: { reason: Reason | null; headers: Headers }) => ({
  reason: reason ?? 'internal',
  waitSeconds: waitOf(headers, reason),
});

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
export async function refuse(
  c: PageContext,
  deps: PagesDependencies,
  refused: Refused,
): Promise<Response> {
  const { location, status, reason, headers, identifier, refusedFields = [] } = refused;
  const context = await createRenderContext(c, deps, searchOf(location));
  const pageData = pageDataFor('login', context, location);
  const waitSeconds = headers === undefined ? 0 : waitOf(headers, reason);
  const errors = Object.fromEntries(
    refusedFields.map((field) => [field.name, fieldError(field, pageData)]),
  );
  const outcome = { reason, waitSeconds, identifier: identifier ?? '', errors };
  const page = <LoginPage context={context} pageData={pageData} outcome={outcome} />;
  return pageResponse(page, { context, location, status, headers });
}

/** `headers`: of the login's own answer. */
function pageResponse(
  page: Parameters<typeof htmlResponse>[0],
  {
    context,
    location,
    status,
    headers,
  }: {
    context: RenderContext;
    location: PageLocation;
    status: number;
    headers: Headers | undefined;
  },
): Promise<Response> {
  const retryAfter = headers?.get('Retry-After') ?? null;
  return htmlResponse(page, {
    status,
    headers: {
      ...pageHeaders(context, originsOf(location.returnTo ?? null)),
      ...(retryAfter === null ? {} : { 'Retry-After': retryAfter }),
    },
  });
}
