/** V8's inspector protocol, spoken with one Worker of a house that was opened with a port for it. */
import type { Server, BenchUser } from './server.ts';

export async function inspect({ miniflare }: Server, worker: BenchUser) {
  const base = await miniflare.getInspectorURL();
  const list = await fetch(new URL('/json', `http://${base.host}`));
  const targets = (await list.json()) as { id: string; webSocketDebuggerUrl: string }[];
  const target = targets.find(({ id }) => id.endsWith(`:${worker}`));
  if (target === undefined) throw new Error(`the inspector does not know ${worker}`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((open, fail) => {
    socket.addEventListener('open', open);
    socket.addEventListener('error', fail);
  });
  const pending = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result: unknown };
    if (id !== undefined) pending.get(id)?.(result);
  });
  let calls = 0;
  return {
    send: (method: string, params: object = {}) =>
      new Promise<unknown>((resolve) => {
        pending.set((calls += 1), resolve);
        socket.send(JSON.stringify({ id: calls, method, params }));
      }),
    close: () => socket.close(),
  };
}
