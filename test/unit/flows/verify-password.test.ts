import { describe, expect, it } from 'vitest';
import { verifyPassword } from '../../../src/flows/verify-password.ts';
import type { LockReport, TicketAnswer } from '../../../src/flows/ports/limits.ts';
import type { Passwords } from '../../../src/flows/ports/passwords.ts';
import { NOW_MS, alice, context, createFakes, outage } from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const guess = {
  password: 'right',
  stored: 'hash of right',
  tellsRight: true,
  account: alice,
  accountKey: 'key of user 7',
  key: 'lockout key',
};
const verify = ({ request }: Fakes, change: Partial<typeof guess> = {}) =>
  verifyPassword(request, { ...guess, ...change });

async function ticketOf(fakes: Fakes) {
  const outcome = await verify(fakes);
  if (!outcome.ok) throw new Error(outcome.refusal.reason);
  return outcome.value.ticket;
}

const noLock = { lockBegan: null };
const reserves = (answer: TicketAnswer, report: LockReport = noLock) => {
  return async () => ({ ...answer, ...report });
};
const queued = reserves({ state: 'queued' });
const ticketAfter = (waitedMs: number) => reserves({ state: 'ticket', waitedMs });

/** Hashes in slices: asks before each whether to abort, and lets other work run. */
const slowly: Passwords['verify'] = async ({ shouldAbort }) => {
  for (let slice = 0; slice < 5; slice += 1) {
    if (shouldAbort()) return 'aborted';
    await Promise.resolve();
  }
  return 'right';
};

it('reserves a ticket in its own name and hashes meanwhile', async () => {
  const fakes = createFakes();
  expect(await verify(fakes)).toMatchObject({ ok: true, value: { verdict: 'right' } });
  expect(fakes.names()).toEqual(['limits.reserve', 'passwords.verify']);
  expect(fakes.given('limits.reserve')).toEqual([
    ['lockout key', 'id-1', fakes.request.rules.lockout],
  ]);
});

it('compares an ambiguous password with a decoy', async () => {
  const fakes = createFakes();
  const outcome = await verify(fakes, { password: 'a\0b', stored: 'hash of a\0b' });
  expect(outcome).toMatchObject({ ok: true, value: { verdict: 'wrong' } });
  expect(fakes.given('passwords.verify')).toMatchObject([[{ stored: null }]]);
});

describe('a ticket', () => {
  it('is settled in its own name, with the verdict', async () => {
    const fakes = createFakes();
    expect(await (await ticketOf(fakes)).settle('wrong')).toBe(true);
    const settling = { ticket: 'id-1', verdict: 'wrong', rules: fakes.request.rules.lockout };
    expect(fakes.given('limits.settle')).toEqual([['lockout key', settling]]);
  });

  it('expires half a minute after the reservation was sent', async () => {
    const fakes = createFakes({
      limits: {
        async reserve() {
          fakes.clock.nowMs += 10_000;
          return { lockBegan: null, state: 'ticket', waitedMs: 0 };
        },
      },
    });
    const ticket = await ticketOf(fakes);
    fakes.clock.nowMs = NOW_MS + 29_999;
    expect(ticket.isExpired()).toBe(false);
    fakes.clock.nowMs = NOW_MS + 30_000;
    expect(ticket.isExpired()).toBe(true);
  });

  it('that was waited for expires half a minute after it was issued', async () => {
    const fakes = createFakes({ limits: { reserve: queued, wait: ticketAfter(4_000) } });
    const ticket = await ticketOf(fakes);
    fakes.clock.nowMs = NOW_MS + 33_999;
    expect(ticket.isExpired()).toBe(false);
    fakes.clock.nowMs = NOW_MS + 34_000;
    expect(ticket.isExpired()).toBe(true);
  });
});

describe('without a ticket there is no verdict', () => {
  const noTicket: [string, TicketAnswer, object][] = [
    [
      'locked',
      { state: 'locked', untilMs: 99, untilReset: true },
      { reason: 'locked', untilMs: 99, untilReset: true },
    ],
    ['busy', { state: 'busy' }, { reason: 'busy' }],
  ];

  it.each(noTicket)(
    '%s refuses even the right password and aborts the hash',
    async (_, answer, refusal) => {
      const verdicts: string[] = [];
      const fakes = createFakes({
        limits: { reserve: reserves(answer) },
        passwords: {
          async verify(given) {
            const verdict = await slowly(given);
            verdicts.push(verdict);
            return verdict;
          },
        },
      });
      expect(await verify(fakes)).toEqual({ ok: false, refusal });
      expect([verdicts, fakes.settled()]).toEqual([['aborted'], []]);
    },
  );

  it.each(noTicket)('%s refuses although the hash is done already', async (_, answer, refusal) => {
    for (const limits of [
      { reserve: reserves(answer) },
      { reserve: queued, wait: reserves(answer) },
    ]) {
      const fakes = createFakes({ limits });
      expect(await verify(fakes)).toEqual({ ok: false, refusal });
      expect(fakes.settled()).toEqual([]);
    }
  });

  it.each(noTicket)(
    'a queued request that becomes %s is refused without a hash',
    async (_, answer, refusal) => {
      const fakes = createFakes({
        limits: { reserve: queued, wait: reserves(answer) },
        passwords: { verify: slowly },
      });
      expect(await verify(fakes)).toEqual({ ok: false, refusal });
      expect(fakes.given('passwords.verify').length).toBe(1);
    },
  );

  it('a queued request hashes when its ticket comes', async () => {
    const fakes = createFakes({
      limits: { reserve: queued, wait: ticketAfter(1) },
      passwords: { verify: slowly },
    });
    expect(await verify(fakes)).toMatchObject({ ok: true, value: { verdict: 'right' } });
    expect(fakes.names()).toEqual([
      'limits.reserve',
      'passwords.verify',
      'limits.wait',
      'passwords.verify',
    ]);
  });

  it('a queued request whose hash was done already does not hash again', async () => {
    const fakes = createFakes({ limits: { reserve: queued, wait: ticketAfter(1) } });
    expect((await verify(fakes)).ok).toBe(true);
    expect(fakes.given('passwords.verify').length).toBe(1);
  });
});

describe('an outage', () => {
  it('of the reservation aborts the hash and voids the ticket that may be out', async () => {
    const fakes = createFakes({
      limits: { reserve: outage },
      passwords: { verify: slowly },
    });
    await expect(verify(fakes)).rejects.toThrow('outage');
    expect(fakes.settled()).toEqual(['void']);
  });

  it('of the wait voids the ticket that may be out', async () => {
    const fakes = createFakes({ limits: { reserve: queued, wait: outage } });
    await expect(verify(fakes)).rejects.toThrow('outage');
    expect(fakes.settled()).toEqual(['void']);
  });
});

describe('a lock that begins', () => {
  it.each(['reserve', 'wait', 'settle'] as const)(
    'is recorded once when %s reports it',
    async (call) => {
      const reportOf = (name: string) =>
        name === call ? ({ lockBegan: 'locked' } as const) : noLock;
      const ticket = { state: 'ticket', waitedMs: 0 } as const;
      const fakes = createFakes({
        limits: {
          reserve: reserves(call === 'wait' ? { state: 'queued' } : ticket, reportOf('reserve')),
          wait: reserves(ticket, reportOf('wait')),
          settle: async () => ({ settled: true, ...reportOf('settle') }),
        },
      });
      await (await ticketOf(fakes)).settle('wrong');
      expect(fakes.given('audit.record')).toEqual([
        [{ ...context(), action: 'ACCOUNT_LOCKED', reason: 'locked', userId: 7 }],
      ]);
    },
  );

  it('is recorded as the final stop, and under no user where there is none', async () => {
    const settle = async () => ({ settled: true, lockBegan: 'stopped' }) as const;
    const fakes = createFakes({ limits: { settle } });
    const unknown = { ...guess, account: null, accountKey: 'key of username bob' };
    const outcome = await verifyPassword(fakes.request, unknown);
    if (outcome.ok) await outcome.value.ticket.settle('wrong');
    const event = { action: 'ACCOUNT_LOCKED', reason: 'stopped', userId: null };
    expect(fakes.given('audit.record')).toEqual([
      [{ ...context('key of username bob'), ...event }],
    ]);
  });
});
