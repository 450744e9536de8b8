/** Calls the contract's operations. The answer is null where the network fails or takes too long. */
import { reasonOf, waitOf } from '../refusal-reason.ts';
import type { Reason } from '../page-data.ts';
import { contract } from './page-data.ts';

const TIMEOUT_MS = 40_000;

export interface Answer {
  ok: boolean;
  status: number;
  headers: Headers;
  body: unknown;
}

interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: object;
  token?: string | null;
}

export async function call(
  path: string,
  { method, body, token }: Call = {},
): Promise<Answer | null> {
  const headers = new Headers({ Accept: 'application/json' });
  if (token) headers.set('Authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  try {
    const response = await fetch(path, {
      method: method ?? 'GET',
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return {
      ok: response.ok,
      status: response.status,
      headers: response.headers,
      body: json(text),
    };
  } catch {
    return null;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export interface RefusalSeen {
  reason: Reason | null;
  waitSeconds: number;
}

export function readRefusal(answer: Answer, likely: readonly Reason[]): RefusalSeen {
  const reason = reasonOf(contract, answer, likely);
  return { reason, waitSeconds: waitOf(answer.headers, reason) };
}
