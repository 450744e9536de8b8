/** Signing in, from the sign-in page and after a confirmed address. */
import { call, type Answer } from './call.ts';
import { email, filled, takeOver, tell } from './form.ts';
import { keep } from './session.ts';
import { goTo, handedOver, handOver, input, pageAt, shape, sheet } from './sheet.ts';

interface Credentials {
  identifier: string;
  password: string;
  remember: boolean;
}

export function signIn({ identifier, password, remember }: Credentials): Promise<Answer | null> {
  const { login } = shape;
  const body = {
    [login.identifier]: identifier,
    [login.password]: password,
    ...(login.remember === null ? {} : { [login.remember]: remember }),
  };
  return call(`${sheet.api}/login`, { method: 'POST', body });
}

/** True: this browser is signed in, and on its way. */
export async function enter(credentials: Credentials): Promise<boolean> {
  const answer = await signIn(credentials);
  if (answer?.ok && keep(answer, shape.granted, credentials.remember)) {
    goTo(sheet.returnTo);
    return true;
  }
  const reason = tell(answer, ['invalid', 'inactive', 'locked', 'malformed']);
  if (reason !== 'unverified') return false;
  handOver(credentials.identifier);
  goTo(pageAt('/verify'));
  return true;
}

export function loginPage(): void {
  const { identifier, password, kind } = shape.login;
  const name = input(identifier);
  name.value ||= handedOver();
  takeOver({
    checks: { [identifier]: kind === 'email' ? email : filled, [password]: filled },
    send: (values) =>
      enter({
        identifier: values[identifier] ?? '',
        password: values[password] ?? '',
        remember: document.querySelector<HTMLInputElement>('#remember')?.checked ?? false,
      }),
  });
}
