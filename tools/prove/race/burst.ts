/**
 * Many requests at one moment. Each has a connection of its own and is sent but for its last byte;
 * when all of them stand there, the last bytes go out together, so that the server has every one in
 * hand before it can answer any.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { request, type ClientRequest, type IncomingHttpHeaders } from 'node:http';

export interface BurstRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  /** Empty where the method is GET. */
  body: string;
}

export interface BurstAnswer {
  /** 0: nothing was heard. */
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Heard to its end. */
  whole: boolean;
}

export interface Burst {
  /** In the order of the shots; never rejects. */
  heard: Promise<BurstAnswer[]>;
  /** All at once, unless there is to be time between one and the next. */
  release(everyMs?: number): Promise<void>;
}

/** Longer than anybody may be kept waiting for a ticket. */
const PATIENCE_MS = 90_000;

/** `onHead` is called with the first bytes of an answer, before anything else can happen. */
export async function aim(
  origin: string,
  shots: readonly BurstRequest[],
  onHead: (status: number, n: number) => void = () => undefined,
): Promise<Burst> {
  const aimed = shots.map((shot, n) => one(origin, shot, (status) => onHead(status, n)));
  await Promise.all(aimed.map(({ ready }) => ready));
  return {
    heard: Promise.all(aimed.map(({ heard }) => heard)),
    release: async (everyMs = 0) => {
      for (const { loose } of aimed) {
        loose();
        if (everyMs > 0) await sleep(everyMs);
      }
    },
  };
}

export async function fire(origin: string, shots: readonly BurstRequest[]): Promise<BurstAnswer[]> {
  const volley = await aim(origin, shots);
  await volley.release();
  return volley.heard;
}

export async function fireOne(origin: string, shot: BurstRequest): Promise<BurstAnswer> {
  const [heard] = await fire(origin, [shot]);
  if (heard === undefined) throw new Error('a shot without an answer');
  return heard;
}

function one(
  origin: string,
  { method, path, headers, body }: BurstRequest,
  onHead: (status: number) => void,
) {
  const bytes = Buffer.from(body);
  const sent = request(origin + path, {
    method,
    // A connection of its own, which nobody waits for.
    agent: false,
    timeout: PATIENCE_MS,
    headers: { ...headers, ...(method === 'GET' ? {} : { 'Content-Length': bytes.length }) },
  });
  sent.once('timeout', () => sent.destroy());
  const heard = hear(sent, onHead);
  const ready =
    method === 'GET'
      ? Promise.resolve()
      : new Promise<void>((done) => {
          sent.write(bytes.subarray(0, -1), () => done());
          sent.once('close', done);
        });
  return { heard, ready, loose: () => sent.end(bytes.subarray(-1)) };
}

function hear(sent: ClientRequest, onHead: (status: number) => void): Promise<BurstAnswer> {
  return new Promise((done) => {
    const heard: BurstAnswer = { status: 0, headers: {}, text: '', whole: false };
    sent.once('response', (answer) => {
      heard.status = answer.statusCode ?? 0;
      heard.headers = answer.headers;
      onHead(heard.status);
      answer.setEncoding('utf8').on('data', (chunk: string) => (heard.text += chunk));
      answer.once('end', () => (heard.whole = answer.complete));
      answer.on('error', () => undefined);
    });
    sent.on('error', () => undefined);
    sent.once('close', () => done(heard));
  });
}
