/** Taking a step's ticket for one try at the second factor. */
import { describe, expect, it } from 'vitest';
import type { LockBegan } from '../../../src/policy/lockout-state.ts';
import type { TakeResult } from '../../../src/policy/lockout.ts';
import { takeTicket } from '../../../src/flows/verify-password.ts';
import { NOW_MS, alice, context, createFakes, outage } from './fakes.ts';

const of = { account: alice, accountKey: 'key of user 7', key: 'lockout key' };
const answers = (result: TakeResult, lockBegan: LockBegan | null = null) => ({
  limits: { take: async () => ({ ...result, lockBegan }) },
});
const takeOf = ({ request }: ReturnType<typeof createFakes>) => takeTicket(request, of, 'step');

async function ticketOf(fakes: ReturnType<typeof createFakes>) {
  const taken = await takeOf(fakes);
  if (taken === 'gone' || !taken.ok) throw new Error('no ticket');
  return taken.value;
}

describe('the ticket of a step', () => {
  it('is taken and settled under a name of this try alone', async () => {
    const fakes = createFakes();
    const ticket = await ticketOf(fakes);
    expect(await ticket.settle('wrong')).toBe(true);
    const rules = fakes.request.rules.lockout;
    expect(fakes.given('limits.take')).toEqual([
      ['lockout key', { step: 'step', ticket: 'id-1', rules }],
    ]);
    expect(fakes.given('limits.settle')).toEqual([
      ['lockout key', { ticket: 'id-1', verdict: 'wrong', rules }],
    ]);
  });

  it('expires half a minute after it was asked for', async () => {
    const fakes = createFakes({
      limits: {
        async take() {
          fakes.clock.nowMs += 10_000;
          return { lockBegan: null, state: 'ticket' };
        },
      },
    });
    const ticket = await ticketOf(fakes);
    fakes.clock.nowMs = NOW_MS + 29_999;
    expect(ticket.isExpired()).toBe(false);
    fakes.clock.nowMs = NOW_MS + 30_000;
    expect(ticket.isExpired()).toBe(true);
  });

  it.each<[TakeResult, object | 'gone']>([
    [{ state: 'gone' }, 'gone'],
    [{ state: 'busy' }, { ok: false, refusal: { reason: 'busy' } }],
    [
      { state: 'locked', untilMs: 99, untilReset: true },
      { ok: false, refusal: { reason: 'locked', untilMs: 99, untilReset: true } },
    ],
  ])('is refused: %o', async (result, expected) => {
    const fakes = createFakes(answers(result));
    expect(await takeOf(fakes)).toEqual(expected);
    expect(fakes.settled()).toEqual([]);
  });

  it('that a lost answer may have carried is given back', async () => {
    const fakes = createFakes({ limits: { take: outage } });
    await expect(takeOf(fakes)).rejects.toThrow('outage');
    expect(fakes.given('limits.settle')).toMatchObject([
      ['lockout key', { ticket: 'id-1', verdict: 'void' }],
    ]);
  });
});

it('records a lock that abandoned steps have begun', async () => {
  const fakes = createFakes(answers({ state: 'gone' }, 'locked'));
  await takeOf(fakes);
  expect(fakes.given('audit.record')).toEqual([
    [{ ...context(), action: 'ACCOUNT_LOCKED', reason: 'locked', userId: 7 }],
  ]);
});
