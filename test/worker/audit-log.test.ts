/** The audit log as the admin API returns it. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { insertRows, type Columns } from '../fixtures/rows.ts';
import { addUser, createTestApp } from '../support/test-app.ts';
import { operator } from '../support/operator.ts';
import { client } from '../support/session.ts';

const here = createTestApp();
const { call, json } = operator(here);
const pair = client(here, 'username-pair');

const DAY_MS = 86_400_000;
const JANUARY = Date.parse('2026-01-01T00:00:00Z');

const write = (rows: readonly Columns[]) =>
  insertRows(
    env.DB,
    rows.map((row) => ({
      table: 'audit_events',
      columns: {
        action: 'PASSKEY_COUNTED_BACK',
        reason: 'granted',
        subject: 's',
        contract: 'email-cookie',
        address: '192.0.2.1',
        trace_id: 't',
        ...row,
      },
    })),
  );

/** One event a day in January, before all that the tests do themselves. */
beforeAll(async () => {
  await write(Array.from({ length: 31 }, (_, day) => ({ at_ms: JANUARY + day * DAY_MS })));
});

const actions = async (query: string) =>
  (await json(`GET /audit?${query}`)).events.map(({ action }: { action: string }) => action);
const ids = (events: { id: number }[]) => events.map(({ id }) => id);

it('lists the newest first, in pages that do not shift while more happens', async () => {
  const person = await addUser();
  const from = { address: '198.51.100.19' };
  for (let n = 0; n < 5; n += 1) await pair.login(person, from);
  const path = `/audit?user=${person.id}&limit=2` as const;
  const seen: number[] = [];
  let page = await json(`GET ${path}`);
  for (;;) {
    seen.push(...ids(page.events));
    await pair.login(person, from);
    if (page.next === null) break;
    page = await json(`GET ${path}&cursor=${page.next}`);
  }
  expect(seen).toHaveLength(5);
  expect(seen).toEqual([...new Set(seen)].toSorted((one, other) => other - one));
});

it('finds by user, action and address, alone and together', async () => {
  const person = await addUser({ public_id: 'audited-person' });
  const address = '198.51.100.20';
  await pair.login(person, { address });
  await pair.login({ ...person, password: 'a wrong one' }, { address });
  await pair.login(person, { address: '2001:db8:1:2::7' });
  const NOTIFIED = 'NEW_DEVICE_NOTIFIED';
  expect(await actions(`user=${person.id}`)).toEqual([NOTIFIED, 'LOGIN', 'LOGIN_FAILED', 'LOGIN']);
  expect(await actions('user=audited-person&action=LOGIN')).toEqual(['LOGIN', 'LOGIN']);
  expect(await actions(`address=${address}`)).toEqual(['LOGIN_FAILED', 'LOGIN']);
  expect(await actions(`address=${address}&action=LOGIN_FAILED`)).toEqual(['LOGIN_FAILED']);
  // Any address of the /64 that the audit keeps.
  expect(await actions('address=2001:DB8:1:2::ffff')).toEqual([NOTIFIED, 'LOGIN']);
  expect(await actions('address=2001:db8:1:2::/64')).toEqual([NOTIFIED, 'LOGIN']);
  expect(await actions('action=ADMIN_ROLE_SET')).toEqual([]);
});

it('answers 404 for a user that is unknown or was deleted, and no events for a silent one', async () => {
  for (const user of ['999999999', 'no-such-user']) {
    const { status, text } = await call(`GET /audit?user=${user}`);
    expect([status, text]).toEqual([404, '{"error":"not_found"}']);
  }
  const person = await addUser({ public_id: 'silent-person' });
  expect(await json('GET /audit?user=silent-person')).toEqual({ events: [], next: null });
  expect((await call(`DELETE /users/${person.id}`)).status).toBe(204);
  expect((await call(`GET /audit?user=${person.id}`)).status).toBe(404);
});

it('returns no identifier and no secret', async () => {
  const person = await addUser();
  await pair.login(person);
  const { text } = await call(`GET /audit?user=${person.id}`);
  expect(text).not.toContain(person.email);
  expect(text).not.toContain(person.username);
  expect(text).not.toContain(person.password);
});

describe('a time', () => {
  const days = async (query: string) =>
    (await json(`GET /audit?action=PASSKEY_COUNTED_BACK&${query}`)).events.map(
      ({ at }: { at: string }) => Number(at.slice(8, 10)),
    );

  it('includes its beginning and excludes its end', async () => {
    expect(await days('from=2026-01-10&to=2026-01-13')).toEqual([12, 11, 10]);
    expect(await days('from=2026-01-30')).toEqual([31, 30]);
    expect(await days('to=2026-01-03')).toEqual([2, 1]);
    expect(await days('from=2026-01-10T01:00:00%2B01:00&to=2026-01-10T00:00:00.001Z')).toEqual([
      10,
    ]);
    expect(await days('from=2030-01-01')).toEqual([]);
    expect(await days('to=2020-01-01')).toEqual([]);
  });

  it('finds every day among ids with gaps', async () => {
    for (let day = 1; day <= 31; day += 1) {
      const at = String(day).padStart(2, '0');
      const from = `2026-01-${at}T00:00:00Z`;
      const to = `2026-01-${at}T23:59:59Z`;
      expect(await days(`from=${from}&to=${to}`)).toEqual([day]);
    }
  });
});

describe('as CSV', () => {
  it('has a header line, and a Link to the next page', async () => {
    const query = '/audit?action=PASSKEY_COUNTED_BACK&limit=2' as const;
    const { text, headers } = await call(`GET ${query}`, { headers: { Accept: 'text/csv' } });
    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
    const [head, first, second, end, ...more] = text.split('\r\n');
    expect(head).toBe(
      'id,at,action,reason,userId,subject,sessionId,contract,address,traceId,operator,device',
    );
    expect(first).toMatch(
      /^\d+,2026-01-31T00:00:00.000Z,PASSKEY_COUNTED_BACK,granted,,s,,email-cookie,192.0.2.1,t,,$/,
    );
    expect(second).toContain('2026-01-30');
    expect([end, more]).toEqual(['', []]);
    const next = /^<(\/admin\/audit\?[^>]+)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1];
    const { text: rest } = await call(`GET ${next?.slice('/admin'.length) as '/'}&format=csv`);
    expect(rest).toContain('2026-01-29');
  });

  it('prefers the parameter to the header', async () => {
    const headers = { Accept: 'text/csv' };
    const { text } = await call('GET /audit?limit=1&format=json', { headers });
    expect(JSON.parse(text)).toHaveProperty('events');
  });

  it('lets no cell be calculated', async () => {
    const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', 'a"b,c\n'];
    await write(
      formulas.map((address) => ({ at_ms: Date.now(), action: 'PASSKEY_RENAMED', address })),
    );
    const { text } = await call('GET /audit?action=PASSKEY_RENAMED&format=csv');
    const cells = text
      .split(/,s,,email-cookie,/)
      .slice(1)
      .map((rest) => rest.split(/,t,,\r\n/)[0])
      .toReversed();
    expect(cells).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "'\t=1",
      '"\'\r=1"',
      "' =1",
      '"a""b,c\n"',
    ]);
  });
});

it('is empty where there are no events', async () => {
  await env.DB.prepare('DELETE FROM audit_events').run();
  expect(await json('GET /audit?from=2026-01-01&to=2027-01-01')).toEqual({
    events: [],
    next: null,
  });
});
