/** Calls the contract's operations. The answer is null where the network fails or takes too long. */
import { fillRequest, type RequestValues } from '../fill-request.ts';
import { reasonOf, waitOf } from '../refusal-reason.ts';
import type { Reason, RequestName, RequestTemplate } from '../page-data.ts';
import { contract, pageData } from './page-data.ts';

const TIMEOUT_MS = 40_000;

export interface Answer {
  /** The request that was sent. */
  request: RequestTemplate;
  ok: boolean;
  status: number;
  headers: Headers;
  body: unknown;
}

export async function call(name: RequestName, values: RequestValues): Promise<Answer | null> {
  const request = pageData.requests[name];
  if (request === null) throw new Error(`no operation ${name}`);
  return send(() => fillRequest(request, values));
}

/** `request`: one that cannot be written is not answered. */
export async function send(request: () => RequestTemplate): Promise<Answer | null> {
  try {
    const sent = request();
    const { method, path, headers, body } = sent;
    const response = await fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        'Accept-Language': pageData.language,
        ...headers,
      },
      body,
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return {
      request: sent,
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

interface RefusalSeen {
  reason: Reason | null;
  waitSeconds: number;
}

export function readRefusal(answer: Answer, likely: readonly Reason[]): RefusalSeen {
  const refusals = answer.request.refusals ?? contract.refusals;
  const reason = reasonOf({ refusals, paths: contract.paths }, answer, likely);
  return { reason, waitSeconds: waitOf(answer.headers, reason) };
}
