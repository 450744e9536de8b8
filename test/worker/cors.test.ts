/** CORS: which origins may read answers, with credentials. */
import { expect, it } from 'vitest';
import { addUser, contractCase, createTestApp } from '../support/test-app.ts';

const { path, body } = contractCase('email-cookie');

const ours = 'https://app.example.com';
const settings = { ALLOWED_ORIGINS: [ours] };

it('lets a listed origin read grants, refusals and failures, with credentials', async () => {
  const user = await addUser();
  const failing = createTestApp(settings, (call, proceed) =>
    call.method === 'batch' ? Promise.reject(new Error('lost')) : proceed(),
  );
  const headers = { Origin: ours };
  const answers = [
    await createTestApp(settings).post(path, body(user), { headers }),
    await createTestApp(settings).post(path, {}, { headers }),
    await createTestApp(settings).post('/nowhere', {}, { headers }),
    await failing.post(path, body(user), { headers }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 404, 500]);
  for (const answer of answers) {
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': ours,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Retry-After,RateLimit,RateLimit-Policy,X-Request-Id',
      vary: 'Origin',
    });
  }
});

it.each([
  'https://evil.example',
  'null',
  'https://app.example.com.evil.example',
  'http://app.example.com',
])('lets %s read nothing', async (origin) => {
  const headers = { Origin: origin };
  const { headers: got } = await createTestApp(settings).post(path, body(await addUser()), {
    headers,
  });
  expect(got.get('Access-Control-Allow-Origin')).toBeNull();
  expect(got.get('Vary')).toBe('Origin');
});

it('answers a preflight without a database or lockout call', async () => {
  const headers = {
    Origin: ours,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type',
  };
  const calls: unknown[] = [];
  const { fetch } = createTestApp(settings, (call, proceed) => (calls.push(call), proceed()));
  const answer = await fetch(path, { method: 'OPTIONS', headers });
  expect(answer.status).toBe(204);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'access-control-allow-origin': ours,
    'access-control-allow-methods': 'GET,POST,PATCH,DELETE',
    'access-control-allow-headers': 'Authorization,Content-Type',
  });
  expect(calls).toEqual([]);
});

it('names the methods and headers of the contract that the path belongs to', async () => {
  const { fetch } = createTestApp(settings);
  const { path } = contractCase('odd2nested');
  const asks = { Origin: ours, 'Access-Control-Request-Method': 'PUT' };
  const preflight = await fetch(path, { method: 'OPTIONS', headers: asks });
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE',
    'access-control-allow-headers': 'Authorization,Content-Type,x-odd',
  });
  const answer = await fetch(path, { method: 'POST', headers: { Origin: ours } });
  expect(answer.headers.get('Access-Control-Expose-Headers')).toBe(
    'Retry-After,RateLimit,RateLimit-Policy,X-Request-Id,X-Odd-Version',
  );
});
