/** Signs in, from the sign-in page and after a confirmed address. */
import { stepIn } from '../refusal-reason.ts';
import { call, type Answer } from './call.ts';
import * as form from './form.ts';
import { goOn, mayGoOnUnasked } from './go-on.ts';
import { loadScript, shared } from './scripts.ts';
import { callSignedIn, canKeepSession, forgetSession, hasSession, storeLogin } from './session.ts';
import {
  elementById,
  replacePage,
  takeIdentifier,
  passIdentifier,
  inputById,
  linkTo,
  canUsePasskeys,
  contract,
  messages,
  pageData,
} from './page-data.ts';

type Credentials = {
  identifier: string;
  password: string;
  remember: boolean;
  /** Beside the password, where the contract has no step for it. */
  code?: string;
};

const signIn = ({ remember, ...values }: Credentials): Promise<Answer | null> =>
  call(remember ? 'login-remembered' : 'login', values);

let continueLogin: ReturnType<typeof import('./factors.ts').createLoginStep> | undefined;

/**
 * Signs in and leads on. Resolves to true where the browser leaves the page. `ids`: of the inputs
 * with the credentials.
 */
export async function signInAndLeave(
  credentials: Credentials,
  ids: { identifier: string; password: string },
): Promise<boolean> {
  if (!canKeepSession()) {
    form.showNotice(messages.storageBlocked);
    return false;
  }
  const answer = await signIn(credentials);
  const step = answer && stepIn(answer, contract);
  if (step) {
    continueLogin ??= (await loadScript('factors'))?.createLoginStep(shared);
    if (continueLogin) await continueLogin(step, credentials.remember);
    else form.showNotice(messages.offline);
    return false;
  }
  if (answer?.ok && storeLogin(answer, credentials.remember)) return goOn();
  const fields = {
    identifier: [ids.identifier, form.identifierError],
    password: [ids.password, messages.refusals.malformed],
  } as const;
  if (form.showFieldErrors(answer, fields)) return false;
  const reason = form.showRefusal(answer, ['invalid', 'inactive', 'locked', 'malformed']);
  if (reason !== 'unverified') return false;
  passIdentifier(credentials.identifier, true);
  replacePage(linkTo('/verify'));
  return true;
}

export function loginPage(): void {
  const id = contract.identifier;
  const name = inputById(id);
  name.value ||= takeIdentifier();
  elementById('forgot').addEventListener('click', () => passIdentifier(form.valueOf(id)));
  void goOnIfSignedIn();
  form.enhanceForm({
    account: id,
    checks: {
      [id]: form.identifierCheck,
      password: form.required,
      ...(contract.takesCodeWithPassword && { code: form.optional }),
    },
    send: ({ [id]: identifier = '', password = '', code = '' }) =>
      signInAndLeave(
        {
          identifier,
          password,
          code,
          remember: document.querySelector<HTMLInputElement>('#remember')?.checked ?? false,
        },
        { identifier: id, password: 'password' },
      ),
  });
  if (canUsePasskeys) {
    void loadScript('passkeys').then((script) => script?.startPasskeySignIn(shared));
  }
}

/** The page was asked for although there is a session (OpenID Connect Core 3.1.2.1). */
const asksForLogin = () => new URLSearchParams(location.search).get('prompt') === 'login';

/** Leads on where this browser is signed in already. */
async function goOnIfSignedIn(): Promise<void> {
  if (pageData.returnRefused !== null || asksForLogin()) return;
  if (!hasSession() || !mayGoOnUnasked()) return;
  const profile = await callSignedIn('profile');
  if (profile === 'out') forgetSession();
  else if (profile?.ok) await goOn();
}
