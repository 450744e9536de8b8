/** Hears what is logged, and what is rejected with nobody to catch it. */
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';

const lines: string[] = [];
const unhandled: unknown[] = [];

const collect = (event: PromiseRejectionEvent) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  unhandled.push(event.reason);
};

/** For a test file, at its top. Vitest's own ear is shut meanwhile, or what is planted would be its failure. */
export function failOnUnhandled(): void {
  const others = process.listeners('unhandledRejection');
  beforeAll(() => {
    process.removeAllListeners('unhandledRejection');
    addEventListener('unhandledrejection', collect);
  });
  afterAll(() => {
    removeEventListener('unhandledrejection', collect);
    for (const listener of others) process.on('unhandledRejection', listener);
  });
  beforeEach(() => {
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...said) => void lines.push(said.join(' ')));
    }
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** What is wrong with what is heard from now on, by the secrets that must not be. */
export function heard(): (secrets: readonly string[]) => Promise<string[]> {
  lines.length = 0;
  unhandled.length = 0;
  return async (secrets) => {
    // A rejection is told of when the event loop has turned.
    await scheduler.wait(0);
    const log = lines.join('\n');
    return [
      ...[...secrets, '$gh-', 'eyJ']
        .filter((secret) => log.includes(secret))
        .map((secret) => `writes ${secret} into the log`),
      ...unhandled.map((reason) => `leaves a rejection to nobody: ${String(reason)}`),
    ];
  };
}
