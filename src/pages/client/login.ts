/** Signing in, from the sign-in page and after a confirmed address. */
import { call, type Answer } from './call.ts';
import {
  blameNamed,
  filled,
  identifierCheck,
  identifierFault,
  say,
  takeOver,
  tell,
} from './form.ts';
import { canKeepSession, keepLogin } from './session.ts';
import {
  goTo,
  handedOver,
  handOver,
  input,
  pageAt,
  contract,
  pageData,
  words,
} from './page-data.ts';

interface Credentials {
  identifier: string;
  password: string;
  remember: boolean;
}

export function signIn({ identifier, password, remember }: Credentials): Promise<Answer | null> {
  const { login } = contract;
  const body = {
    [login.identifier]: identifier,
    [login.password]: password,
    ...(login.remember === null ? {} : { [login.remember]: remember }),
  };
  return call(pageData.paths.login, { method: 'POST', body });
}

/** True: this browser is signed in, and on its way. `ids`: of the inputs with the credentials. */
export async function enter(
  credentials: Credentials,
  ids: { identifier: string; password: string },
): Promise<boolean> {
  if (!canKeepSession()) {
    say(words.storageBlocked);
    return false;
  }
  const answer = await signIn(credentials);
  if (answer?.ok && keepLogin(answer, credentials.remember)) {
    goTo(pageData.returnTo);
    return true;
  }
  const fields = {
    [contract.login.identifier]: [ids.identifier, identifierFault],
    [contract.login.password]: [ids.password, words.refusals.malformed],
  } as const;
  if (blameNamed(answer, fields)) return false;
  const reason = tell(answer, ['invalid', 'inactive', 'locked', 'malformed']);
  if (reason !== 'unverified') return false;
  handOver(credentials.identifier, true);
  goTo(pageAt('/verify'));
  return true;
}

export function loginPage(): void {
  const { identifier, password } = contract.login;
  const name = input(identifier);
  name.value ||= handedOver();
  takeOver({
    checks: { [identifier]: identifierCheck, [password]: filled },
    send: (values) =>
      enter(
        {
          identifier: values[identifier] ?? '',
          password: values[password] ?? '',
          remember: document.querySelector<HTMLInputElement>('#remember')?.checked ?? false,
        },
        { identifier, password },
      ),
  });
}
