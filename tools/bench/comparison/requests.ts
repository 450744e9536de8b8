/** Requests of attacks, each from an address of its own. */
import { sendOne, type BurstAnswer, type BurstRequest } from '../../burst.ts';

let addresses = 0;

export function request(path: string, body: object | null, headers: Record<string, string> = {}) {
  addresses += 1;
  const address = `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
  return {
    method: body === null ? 'GET' : 'POST',
    path,
    headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': address, ...headers },
    body: body === null ? '' : JSON.stringify(body),
  } as const;
}

/** Throws where the answer is no success. */
export async function granted(origin: string, sent: BurstRequest): Promise<BurstAnswer> {
  const answer = await sendOne(origin, sent);
  if (answer.status !== 200) throw new Error(`${sent.path}: ${answer.status} ${answer.text}`);
  return answer;
}

/** The cookies that an answer sets, as a browser sends them back. */
export const cookiesOf = ({ headers }: BurstAnswer): string =>
  (headers['set-cookie'] ?? []).map((line) => line.split(';', 1)[0]).join('; ');
