/**
 * One kept-alive connection, one request at a time, and a clock at its end. Nothing but the socket
 * is between the two, since a client library has allocations and queues of its own.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface Answer {
  status: number;
  /** From the request's first byte to the answer's. */
  tookMs: number;
}

export interface Line {
  ask(request: Buffer): Promise<Answer>;
  close(): void;
}

export interface Asked {
  method: 'GET' | 'POST';
  path: string;
  /** Where it seems to come from. */
  address: string;
  body?: object;
}

/** Written out beforehand, so that the clock runs over nothing of it. */
export function written({ method, path, address, body }: Asked): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  return Buffer.from(
    [
      `${method} ${path} HTTP/1.1`,
      'Host: localhost',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      `CF-Connecting-IP: ${address}`,
      '',
      text,
    ].join('\r\n'),
  );
}

export async function openLine(url: URL): Promise<Line> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await once(socket, 'connect');
  let hear: ((chunk: Buffer) => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  socket.on('data', (chunk: Buffer) => hear?.(chunk));
  socket.on('error', (error) => fail?.(error));
  socket.on('close', () => fail?.(new Error('the connection was closed')));

  return {
    ask: (request) =>
      new Promise<Answer>((resolve, reject) => {
        fail = reject;
        let firstAt = 0n;
        let text = '';
        const startedAt = process.hrtime.bigint();
        hear = (chunk) => {
          if (firstAt === 0n) firstAt = process.hrtime.bigint();
          text += chunk.toString('latin1');
          const end = text.indexOf('\r\n\r\n');
          if (end < 0) return;
          const [, length] = /^content-length: (\d+)/im.exec(text.slice(0, end)) ?? [];
          if (length === undefined) return reject(new Error(`no length in ${text}`));
          if (text.length < end + 4 + Number(length)) return;
          const status = Number(text.slice('HTTP/1.1 '.length).slice(0, 3));
          resolve({ status, tookMs: Number(firstAt - startedAt) / 1e6 });
        };
        socket.write(request);
      }),
    close: () => {
      fail = undefined;
      socket.destroy();
    },
  };
}
