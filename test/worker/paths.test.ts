/** Which contract has which path, with and without its prefix. */
import { expect, it } from 'vitest';
import { ownsPath, pathWithin } from '../../src/http/contract-app.ts';
import { contractCases, createTestApp } from '../support/test-app.ts';
import { operatorToken } from '../support/operator.ts';

it.each(contractCases)('$name has its own operations and no other path', ({ contract }) => {
  const { base, profilePath, refresh } = contract;
  for (const path of [
    profilePath,
    `${base}/login`,
    `${base}/logout`,
    `${base}/logout-all`,
    `${base}/register`,
    `${base}/sessions`,
    `${base}/sessions/an-id`,
  ]) {
    expect([path, ownsPath(contract, path)]).toEqual([path, true]);
  }
  for (const path of [
    '/',
    '/login',
    `${profilePath}/x`,
    `${base}/`,
    `${base}/sessions/`,
    `${base}/sessions/an-id/x`,
    `${base}x/login`,
    `${base}/nothing`,
  ]) {
    expect([path, ownsPath(contract, path)]).toEqual([path, false]);
  }
  expect(ownsPath(contract, `${base}/refresh`)).toBe(refresh !== null);
});

it.each(contractCases)('$name takes its own prefix off a path, and no other', ({ contract }) => {
  const { name } = contract;
  expect(pathWithin(contract, `https://x.example/${name}/a/b?c`)).toBe('/a/b');
  expect(pathWithin(contract, `https://x.example/${name}-2/a`)).toBe(`/${name}-2/a`);
  expect(pathWithin(contract, `https://x.example/${name}`)).toBe(`/${name}`);
});

it('refuses an unknown path below /metrics as the operator’s other paths', async () => {
  const { status, headers, text } = await createTestApp().fetch('/metrics/nothing', {
    headers: { Authorization: `Bearer ${operatorToken}`, 'CF-Connecting-IP': '203.0.113.200' },
  });
  expect([status, JSON.parse(text).error]).toEqual([404, 'not_found']);
  expect(headers.get('Cache-Control')).toBe('no-store');
});
