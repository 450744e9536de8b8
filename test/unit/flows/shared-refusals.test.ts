/** The refusals that use cases share: of a limited address, and wherever a password is verified. */
import { describe, expect, it } from 'vitest';
import { changeEmail, confirmEmail } from '../../../src/flows/change-email.ts';
import { changePassword } from '../../../src/flows/change-password.ts';
import { deleteAccount } from '../../../src/flows/delete-account.ts';
import { login } from '../../../src/flows/login.ts';
import { register } from '../../../src/flows/register.ts';
import { forgotPassword, resetPassword } from '../../../src/flows/reset-password.ts';
import { sendCode, verifyEmail } from '../../../src/flows/verify-email.ts';
import { busy, createFakes, dora, limited, limitedAddress } from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;
type UseCase = [
  name: string,
  ask: (request: Fakes['request'], password: string) => Promise<unknown>,
];

const token = 'access';
const [email, handle] = ['dora@example.com', null];
const identifier = { kind: 'email', value: email } as const;

const verifyingPassword: UseCase[] = [
  [
    'login',
    (request, password) =>
      login({ ...request, attempt: { identifier, password, remember: false, code: null } }),
  ],
  [
    'verify-email',
    (request, password) =>
      verifyEmail({ ...request, identifier, handle, password, code: '123456' }),
  ],
  [
    'change-password',
    (request, currentPassword) =>
      changePassword({ ...request, token, currentPassword, newPassword: 'a new one' }),
  ],
  ['change-email', (request, password) => changeEmail({ ...request, token, password, email })],
  ['delete-account', (request, password) => deleteAccount({ ...request, token, password })],
];
const others: UseCase[] = [
  [
    'register',
    (request, password) =>
      register({
        ...request,
        input: { username: 'Dora', email, password, name: null, handle },
      }),
  ],
  ['send-code', (request) => sendCode({ ...request, identifier, handle })],
  ['forgot-password', (request) => forgotPassword({ ...request, identifier, handle })],
  ['reset-password', (request, password) => resetPassword({ ...request, token, password })],
  ['confirm-email', (request) => confirmEmail({ ...request, token, code: '123456' })],
];

const WRITES =
  /^(?:accountChanges|mailer|registrations\.a|sessions\.(?:open|end)|tokens\.sign|challenges\.issue)/;
const VERDICTS_AND_COUNTS =
  /^(?:passwords|randomDelay|limits\.(?:consume|reserve|clear)$|secrets\.(?:is|new))/;
const callsOf = async (fakes: Fakes, ...patterns: RegExp[]) => {
  await fakes.finish();
  return fakes.names().filter((call) => patterns.some((pattern) => pattern.test(call)));
};

it.each([...verifyingPassword, ...others])(
  'refuses a limited address before %s has any effect',
  async (_, ask) => {
    const fakes = createFakes({ limits: { consumeAddress: limited } });
    expect(await ask(fakes.request, 'right')).toEqual(limitedAddress);
    expect(await callsOf(fakes, WRITES, VERDICTS_AND_COUNTS)).toEqual([]);
  },
);

describe.each(verifyingPassword)('%s', (name, ask) => {
  const challenge = { id: 'challenge-1', secretHash: 'hash of code 123456', email: null };
  const owner = { is: 'registration', registration: dora } as const;
  const codes = { findCodes: async () => ({ account: null, codes: [{ owner, challenge }] }) };

  it('refuses even the right password of a locked name', async () => {
    const locked = { state: 'locked', untilMs: 99, untilReset: false, lockBegan: null } as const;
    const fakes = createFakes({ challenges: codes, limits: { reserve: async () => locked } });
    const refusal = { reason: 'locked', untilMs: 99, untilReset: false };
    expect(await ask(fakes.request, 'right')).toEqual({ ok: false, refusal });
    expect([fakes.settled(), await callsOf(fakes, WRITES)]).toEqual([[], []]);
  });

  it('is busy, and changes nothing, where a right password’s ticket has expired', async () => {
    const fakes = createFakes({
      challenges: codes,
      passwords: {
        async verify() {
          fakes.clock.nowMs += 30_000;
          return 'right';
        },
      },
    });
    expect(await ask(fakes.request, 'right')).toEqual(busy);
    // A login that is stored by then is undone.
    const writes = name === 'login' ? ['sessions.open', 'sessions.end'] : [];
    expect([fakes.settled(), await callsOf(fakes, WRITES)]).toEqual([[], writes]);
  });

  it('is busy and unrecorded where a wrong password’s ticket had expired', async () => {
    const settle = async () => ({ settled: false, lockBegan: null });
    const fakes = createFakes({ challenges: codes, limits: { settle } });
    expect(await ask(fakes.request, 'wrong')).toEqual(busy);
    expect(fakes.recorded()).toEqual([]);
  });
});
