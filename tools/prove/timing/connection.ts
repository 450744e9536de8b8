/**
 * Sends one request at a time on a kept-alive connection and takes its time at the socket, since a
 * client library has allocations and queues of its own.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { EncodedRequest } from '../../../src/contracts/routes.ts';

export interface Answer {
  status: number;
  /** From the request's first byte to the answer's. */
  tookMs: number;
}

export interface Connection {
  send(request: Buffer): Promise<Answer>;
  close(): void;
}

/** Serialised beforehand, which is no part of the time. */
export function serialised({ method, path, headers, body }: EncodedRequest): Buffer {
  const text = body ?? '';
  return Buffer.from(
    [
      `${method} ${path} HTTP/1.1`,
      'Host: localhost',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      `Content-Length: ${Buffer.byteLength(text)}`,
      '',
      text,
    ].join('\r\n'),
  );
}

export async function openConnection(url: URL): Promise<Connection> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await once(socket, 'connect');
  let onData: ((chunk: Buffer) => void) | undefined;
  let onError: ((error: Error) => void) | undefined;
  socket.on('data', (chunk: Buffer) => onData?.(chunk));
  socket.on('error', (error) => onError?.(error));
  socket.on('close', () => onError?.(new Error('the connection was closed')));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        onError = reject;
        let firstAt = 0n;
        let text = '';
        const startedAt = process.hrtime.bigint();
        onData = (chunk) => {
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
      onError = undefined;
      socket.destroy();
    },
  };
}
