/**
 * Sends many requests at one moment. Each has a connection of its own and is sent but for its last
 * byte; then all last bytes go out together, so that the server holds every request before it can
 * answer any.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { request, type IncomingHttpHeaders } from 'node:http';

export interface BurstRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  headers: Record<string, string>;
  /** Empty: none. */
  body: string;
}

export interface BurstAnswer {
  /** 0: no answer. */
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Received to its end. */
  isComplete: boolean;
}

type Head = Pick<BurstAnswer, 'status' | 'headers'>;

export interface Burst {
  /** In the order of the requests; never rejects. */
  answers: Promise<BurstAnswer[]>;
  /** Sends the last bytes, `everyMs` after one another. */
  release(everyMs?: number): Promise<void>;
}

/** Longer than a request may wait for a ticket, on a machine that others use as well. */
const PATIENCE_MS = 240_000;

/** `onHead` is called with the first bytes of an answer, before anything else can happen. */
export async function prepareBurst(
  origin: string,
  requests: readonly BurstRequest[],
  onHead: (head: Head, n: number) => void = () => undefined,
): Promise<Burst> {
  const prepared = requests.map((each, n) => prepare(origin, each, (head) => onHead(head, n)));
  await Promise.all(prepared.map(({ ready }) => ready));
  return {
    answers: Promise.all(prepared.map(({ answer }) => answer)),
    release: async (everyMs = 0) => {
      for (const { release } of prepared) {
        release();
        if (everyMs > 0) await sleep(everyMs);
      }
    },
  };
}

export async function sendAll(
  origin: string,
  requests: readonly BurstRequest[],
): Promise<BurstAnswer[]> {
  const burst = await prepareBurst(origin, requests);
  await burst.release();
  return burst.answers;
}

export async function sendOne(origin: string, request: BurstRequest): Promise<BurstAnswer> {
  const [answer] = await sendAll(origin, [request]);
  if (answer === undefined) throw new Error('a request without an answer');
  return answer;
}

function prepare(
  origin: string,
  { method, path, headers, body }: BurstRequest,
  onHead: (head: Head) => void,
) {
  const bytes = Buffer.from(body);
  const hasBody = body !== '';
  const sent = request(origin + path, {
    method,
    agent: false,
    timeout: PATIENCE_MS,
    headers: { ...headers, ...(hasBody ? { 'Content-Length': bytes.length } : {}) },
  });
  sent.once('timeout', () => sent.destroy());
  const answer = new Promise<BurstAnswer>((resolve) => {
    const answer: BurstAnswer = { status: 0, headers: {}, text: '', isComplete: false };
    sent.once('response', (response) => {
      answer.status = response.statusCode ?? 0;
      answer.headers = response.headers;
      onHead(answer);
      response.setEncoding('utf8').on('data', (chunk: string) => (answer.text += chunk));
      response.once('end', () => (answer.isComplete = response.complete));
      response.on('error', () => undefined);
    });
    sent.on('error', () => undefined);
    sent.once('close', () => resolve(answer));
  });
  const ready = new Promise<void>((resolve) => {
    if (!hasBody) return resolve();
    sent.write(bytes.subarray(0, -1), () => resolve());
    sent.once('close', resolve);
  });
  return { answer, ready, release: () => sent.end(bytes.subarray(-1)) };
}
