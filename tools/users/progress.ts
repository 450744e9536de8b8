/** How far something is: a bar on a terminal, elsewhere a line at every tenth. */
const WIDTH = 30;

export interface Progress {
  at(done: number, total: number): void;
  end(): void;
}

export function progressOn(stream: NodeJS.WriteStream, what: string): Progress {
  let told = -1;
  return {
    at(done, total) {
      const share = total > 0 ? Math.min(1, done / total) : 1;
      const step = Math.floor(share * (stream.isTTY ? 100 : 10));
      if (step === told) return;
      told = step;
      const percent = `${Math.floor(share * 100)}`.padStart(3);
      if (!stream.isTTY) {
        stream.write(`${what}: ${percent} %\n`);
        return;
      }
      const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
      stream.write(`\r${what}: ${bar} ${percent} %`);
    },
    end() {
      if (stream.isTTY && told >= 0) stream.write('\n');
    },
  };
}
