/** The client of the admin API in `npm run users`: each refusal in one sentence, and the token in none. */
import { afterEach, expect, it, vi } from 'vitest';
import { connect } from '../../tools/users/api.ts';

const origin = 'https://login.acme.dev';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

async function ask(answer: () => Promise<Response>) {
  vi.stubEnv('GATEHOUSE_OPERATOR_TOKEN', 'c4n4ry\n');
  const fetched = vi.fn<typeof fetch>(answer);
  vi.stubGlobal('fetch', fetched);
  const api = await connect(origin);
  const asked = await api('GET', '/users/1').catch((error: Error) => error.message);
  return { asked, fetched };
}

const refused = (status: number, error: string) => async () => Response.json({ error }, { status });
const failed = (cause: object) => () =>
  Promise.reject(Object.assign(new TypeError('fetch failed'), { cause }));

it.each<[string, () => Promise<Response>]>([
  ['The token is not the right one.', refused(401, 'unauthorized')],
  ['The token may read, and change nothing.', refused(403, 'insufficient_scope')],
  ['Refused: reauthentication_required', refused(403, 'reauthentication_required')],
  [
    'Refused: something in front of it answers. Is --url right?',
    async () => new Response('<h1>Forbidden</h1>', { status: 403 }),
  ],
  [
    'The answer is not the API’s: something in front of it answers. Is --url right?',
    async () => new Response('<h1>Log in</h1>'),
  ],
  ['There is no such user.', refused(404, 'not_found')],
  ['Operators cannot do this to their own account.', refused(409, 'own_account')],
  ['The user changed meanwhile; nothing was done. Try again.', refused(409, 'changed_meanwhile')],
  [`${origin} cannot be reached (ENOTFOUND).`, failed({ code: 'ENOTFOUND', message: 'x' })],
  [
    `${origin} cannot be reached (unexpected redirect).`,
    failed({ message: 'unexpected redirect' }),
  ],
])('says: %s', async (sentence, answer) => {
  expect((await ask(answer)).asked).toBe(sentence);
});

it('sends the token without the line break of its file', async () => {
  const { fetched } = await ask(async () => Response.json({ user: 1 }));
  expect(fetched.mock.calls[0]?.[1]?.headers).toMatchObject({ Authorization: 'Bearer c4n4ry' });
});
