/** Calls the admin API with the operator's access token, and reads its refusals. */
import { TEXT } from '../admin-text.ts';
import { send, type Answer } from './call.ts';
import { fillTemplate } from './page-data.ts';
import { sendSignedIn } from './session.ts';

export interface AdminRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below /admin. */
  path: string;
  body?: object;
}

/** `out`: not signed in; null: no answer. */
export const askAdmin = ({ method, path, body }: AdminRequest): Promise<Answer | 'out' | null> =>
  sendSignedIn(({ accessToken }) =>
    send(() => ({
      method,
      path: `/admin${path}`,
      headers: {
        ...(accessToken === null ? {} : { Authorization: `Bearer ${String(accessToken)}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      fields: {},
      refusals: [],
    })),
  );

interface AdminRefusal {
  error: string;
  details?: Record<string, string[]>;
}

const refusalIn = ({ body }: Answer): AdminRefusal =>
  typeof body === 'object' && body !== null && 'error' in body
    ? (body as AdminRefusal)
    : { error: '' };

const NEEDS_PROOF = new Set(['second_factor_required', 'reauthentication_required']);

/** The methods of the proof that a refusal asks for; null: it asks for none. */
export function proofMethods(answer: Answer): readonly string[] | null {
  const { error, details } = refusalIn(answer);
  return NEEDS_PROOF.has(error) ? (details?.['methods'] ?? []) : null;
}

const TEXTS: Readonly<Record<string, string>> = {
  not_an_operator: TEXT.noOperator,
  second_factor_required: TEXT.needsFactor,
  reauthentication_required: TEXT.notProven,
  insufficient_scope: TEXT.readOnly,
  own_account: TEXT.ownAccount,
  changed_meanwhile: TEXT.changedMeanwhile,
  not_found: TEXT.noUser,
  unknown_role: TEXT.unknownRole,
  malformed: TEXT.malformed,
};

export function refusalText(answer: Answer): string {
  const { headers, status } = answer;
  if (status === 429)
    return fillTemplate(TEXT.limited, { seconds: headers.get('Retry-After') ?? '60' });
  const trace = headers.get('X-Request-Id');
  const known = TEXTS[refusalIn(answer).error];
  // Without an id it is the answer of something in between.
  return known ?? (trace === null ? TEXT.offline : fillTemplate(TEXT.failed, { trace }));
}
