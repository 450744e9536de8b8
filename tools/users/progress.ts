/** Progress and interruption of long imports and exports. */
const BAR_WIDTH = 30;

export interface Progress {
  at(done: number, total: number): void;
  end(): void;
}

/** A bar on a terminal, elsewhere a line at every tenth; on stderr, since stdout may be the export. */
export function progressBar(what: string): Progress {
  const { stderr } = process;
  let printed = -1;
  return {
    at(done, total) {
      const share = total > 0 ? Math.min(1, done / total) : 1;
      const step = Math.floor(share * (stderr.isTTY ? 100 : 10));
      if (step === printed) return;
      printed = step;
      const percent = `${Math.floor(share * 100)}`.padStart(3);
      const bar = '█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '░');
      stderr.write(stderr.isTTY ? `\r${what}: ${bar} ${percent} %` : `${what}: ${percent} %\n`);
    },
    end() {
      if (stderr.isTTY && printed >= 0) stderr.write('\n');
    },
  };
}

/** As a shell reports a process that SIGINT ended. */
const INTERRUPTED = 130;

/**
 * Aborts at Ctrl-C, and prints at the exit how far the work came: a terminal ends wrangler and workerd at the same
 * moment, and Miniflare may exit before any of our own code runs. A second Ctrl-C exits at once.
 */
export function abortOnInterrupt(howFar: () => string): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    process.once('SIGINT', () => process.exit());
    process.once('exit', () => {
      process.exitCode = INTERRUPTED;
      console.error(`\nInterrupted: ${howFar()}`);
    });
    controller.abort();
  });
  return controller.signal;
}

/** Closes the database after the work. Returns null after an interruption, whatever error it caused. */
export async function finishWith<T>(
  work: Promise<T>,
  { database, interrupt }: { database: { close(): Promise<void> }; interrupt: AbortSignal },
): Promise<T | null> {
  try {
    return await work.finally(() => database.close());
  } catch (error) {
    if (interrupt.aborted) return null;
    throw error;
  }
}
