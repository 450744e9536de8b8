/** Fakes of the ports: plain objects with written answers, whose calls are recorded in order. */
import type { Recipient } from '../../../src/flows/ports/mail.ts';
import type { AdminServices, Services } from '../../../src/flows/ports/services.ts';
import {
  sampleCeremony,
  sampleCreationOptions,
  sampleRequestOptions,
} from '../../../tools/openapi/passkey-samples.ts';
import {
  alice,
  authorizationGrant,
  meta,
  NOW_MS,
  passkey,
  passkeyUse,
  rules,
  session,
  yes,
} from './fixtures.ts';

export * from './fixtures.ts';

type Ports = Services & Pick<AdminServices, 'adminUsers'>;
type Changes = {
  [Name in keyof Ports]?: Ports[Name] extends (...given: never) => unknown
    ? Ports[Name]
    : Partial<Ports[Name]>;
};

/** `changes`: the answers in which a test differs, by port and method. */
export function createFakes(changes: Changes = {}) {
  const calls: { name: string; given: unknown[] }[] = [];
  const background: Promise<unknown>[] = [];
  const clock = { nowMs: NOW_MS };
  let ids = 0;
  const ticket = { lockBegan: null, state: 'ticket', waitedMs: 0 } as const;
  const changed = { user: alice.user, changed: true, sessionsEnded: 2 };
  const answers: Ports = {
    nowMs: () => clock.nowMs,
    uuid: () => `id-${(ids += 1)}`,
    randomDelay: async () => void calls.push({ name: 'randomDelay', given: [] }),
    waitUntil: (work) => void background.push(work),
    accountKey: async (of) =>
      'userId' in of ? `key of user ${of.userId}` : `key of ${of.kind} ${of.value}`,
    lockoutKey: async (scope) =>
      `lockout of ${scope.kind} ${'userId' in scope ? scope.userId : scope.value}`,
    users: {
      find: async () => ({ account: alice, fromPrimary: true }),
      findById: async () => alice,
      findByPasskey: async () => null,
    },
    sessions: {
      open: async () => true,
      live: async () => session,
      rotate: async () => ({ ...session, generation: 1, refreshedAtMs: NOW_MS }),
      extend: async () => ({ session, isExtended: true }),
      transfer: async () => true,
      provePassword: async () => true,
      list: async () => [],
      rename: async () => true,
      revoke: async () => true,
      end: async () => true,
      endAll: async () => undefined,
      endOthers: async () => undefined,
    },
    audit: { record: async () => undefined, knowsDevice: yes, newestOf: async () => [] },
    limits: {
      rememberedRefusal: () => null,
      consumeAddress: async () => ({ admitted: true }),
      consume: async () => ({ admitted: true }),
      reserve: async () => ticket,
      wait: async () => ticket,
      take: async () => ({ lockBegan: null, state: 'ticket' }),
      settle: async () => ({ settled: true, lockBegan: null }),
      view: async () => ({
        failures: 0,
        failuresInARow: 0,
        locksInARow: 0,
        lockedUntilMs: null,
        requiresReset: false,
        ticketsOut: 0,
      }),
      clear: async () => undefined,
    },
    passwords: {
      verify: async ({ password, stored }) =>
        stored === `hash of ${password}` ? 'right' : 'wrong',
      hash: async (password) => `new hash of ${password}`,
      isOutdated: () => false,
    },
    passwordRules: { flawOf: async () => null },
    tokens: {
      signAccess: async () => 'access token',
      signRefresh: async () => 'refresh token',
      signStep: async ({ handle }) => `token of ${handle}`,
      readStep: async (token) => /^token of (.*)$/.exec(token)?.[1] ?? null,
      verify: async (kind, token) =>
        token === 'forged'
          ? null
          : { jti: 'jti 0', sessionId: 'session-1', generation: kind === 'access' ? null : 0 },
      refreshId: async (_, generation) => ({
        jti: `jti ${generation}`,
        hash: `hash ${generation}`,
      }),
    },
    devices: {
      lockoutKeyFor: async () => null,
      issue: async ({ userId, deviceVersion }) => `device of ${userId}, version ${deviceVersion}`,
    },
    secrets: {
      newCode: async (id) => ({ code: '123456', hash: `code hash of ${id}` }),
      newToken: async () => ({ token: 'link token', hash: 'link hash' }),
      isCode: async ({ secretHash }, code) => secretHash === `hash of code ${code}`,
      hashOfToken: async (token) => `hash of ${token}`,
    },
    factorSecrets: {
      newTotp: async ({ factorId }) => ({
        sealed: `sealed secret of ${factorId}`,
        secret: 'secret',
        uri: 'otpauth://totp/label?secret=secret',
      }),
      match: async () => null,
      newRecoveryCodes: async () => ({
        shown: ['recovery code'],
        stored: [{ id: 'recovery-1', secret: 'hash of recovery code' }],
      }),
    },
    loginSteps: {
      issue: async ({ ticket }) => `handle of ${ticket}`,
      read: async () => null,
    },
    authorizationCodes: {
      issue: async ({ id, returnTo }) => `code ${id} for ${returnTo}`,
      verify: async () => authorizationGrant,
    },
    registrations: {
      isUsernameTaken: async () => false,
      add: async () => 'added',
      createAccount: async () => ({ account: alice }),
      admit: async () => ({ device: { userId: 8, deviceVersion: 1 } }),
    },
    registrationHandles: {
      read: async (handle) => (handle === null ? null : `id of ${handle}`),
      issue: async (_, knownId) => ({ id: knownId ?? 'handle-2', handle: 'a new handle' }),
    },
    challenges: {
      findOwner: async () => ({ is: 'user', account: alice }),
      findCodes: async () => ({ account: null, codes: [] }),
      findBySecret: async () => null,
      ofUser: async () => null,
      issue: async () => true,
    },
    accountChanges: {
      verifyEmail: async () => true,
      resetPassword: async () => true,
      changePassword: async () => true,
      removePassword: async () => 'removed',
      renewHash: async () => undefined,
      changeEmail: async () => true,
      updateProfile: async ({ user }) => user,
      remove: async () => true,
    },
    factors: {
      enroll: async () => true,
      confirm: async () => true,
      replaceRecoveryCodes: async () => true,
      remove: async () => true,
      prove: async () => true,
      reset: async () => true,
    },
    passkeys: {
      handleOf: async (_, fresh) => fresh,
      add: async () => 'added',
      rename: async () => passkey,
      remove: async () => 'removed',
      prove: async () => true,
    },
    passkeyCeremonies: {
      requestOptions: async () => sampleCeremony(sampleRequestOptions),
      creationOptions: async () => sampleCeremony(sampleCreationOptions),
      newUserHandle: () => 'fresh',
      verifyRegistration: async () => ({
        ok: true,
        passkey: {
          credentialId: 'credential-1',
          isSyncable: true,
          transports: ['internal'],
          publicKey: '{}',
          signCount: 0,
        },
        challenge: passkeyUse.challenge,
      }),
      verifyAssertion: async () => ({ ok: true, use: passkeyUse, hasCountedBack: false }),
    },
    adminUsers: {
      search: async () => [],
      find: async () => alice,
      liveSessions: async () => 2,
      setStatus: async () => changed,
      endSessions: async () => changed,
      setRole: async () => changed,
    },
    mailer: { send: async () => undefined },
    emailLimits: {
      perAddress: { attempts: 10, windowSeconds: 3600 },
      rememberedRefusal: () => null,
      consume: async () => ({ admitted: true }),
      consumeInTotal: async () => true,
    },
  };

  const record = (port: string, methods: object) =>
    Object.fromEntries(
      Object.entries(methods).map(([method, answer]) => {
        if (typeof answer !== 'function') return [method, answer];
        const recorded = (...given: unknown[]) => {
          calls.push({ name: `${port}.${method}`, given });
          return answer(...given);
        };
        return [method, recorded];
      }),
    );
  const services = Object.fromEntries(
    Object.entries(answers).map(([port, answer]) => {
      const change: unknown = Reflect.get(changes, port);
      if (typeof answer === 'function') return [port, change ?? answer];
      return [port, record(port, { ...answer, ...(change as object | undefined) })];
    }),
  ) as unknown as Ports;

  const callsOf = (name: string) => calls.filter((call) => call.name === name);
  return {
    services,
    clock,
    request: { services, rules, meta },
    /** The arguments of each call of `name`. */
    given: (name: string) => callsOf(name).map(({ given }) => given),
    /** Names of all calls so far, in order. */
    names: () => calls.map(({ name }) => name),
    /** Verdicts that tickets were settled with. */
    settled: () =>
      callsOf('limits.settle').map(({ given: [, how] }) => (how as { verdict: string }).verdict),
    /** Actions and reasons in the audit. */
    recorded: () =>
      callsOf('audit.record').map(({ given: [event] }) => {
        const { action, reason } = event as { action: string; reason: string };
        return `${action} ${reason}`;
      }),
    /** Kinds, recipients and languages of e-mails. */
    sent: () =>
      callsOf('mailer.send').map(({ given: [mail] }) => {
        const { to, template } = mail as { to: Recipient; template: { kind: string } };
        return `${template.kind} to ${to.email} in ${to.language}`;
      }),
    /** Waits for the work behind the response; returns the messages of what failed. */
    async finish(): Promise<string[]> {
      const failures: string[] = [];
      for (const work of background)
        await work.catch((error: Error) => failures.push(error.message));
      return failures;
    },
  };
}
