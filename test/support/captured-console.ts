/** Captures the console, and promise rejections that nothing handles. */
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';

export interface CapturedConsole {
  /** The lines since the last call. */
  take(): string[];
  /** The hints for the makers of frontends, which are text, and of local development alone. */
  takeHints(): string[];
}

/** Replaces the console until the end of the test. */
export function captureConsole(): CapturedConsole {
  const lines: string[] = [];
  const hints: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => {
      const line = words.join(' ');
      (line.startsWith('Hint: ') ? hints : lines).push(line);
    });
  }
  return { take: () => lines.splice(0), takeHints: () => hints.splice(0) };
}

/**
 * For the top of a test file: captures the console of each test, and unhandled rejections. Vitest's
 * own listener is removed meanwhile, or a rejection that a test provokes would fail the run.
 */
export function failOnUnhandled() {
  const unhandled: unknown[] = [];
  let captured: CapturedConsole;
  const collect = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    unhandled.push(event.reason);
  };
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
    captured = captureConsole();
  });
  return {
    /** Forgets what has been captured. */
    begin() {
      captured.take();
      unhandled.length = 0;
    },
    /** Returns secrets that were logged since, and rejections that nothing handled. */
    async leaks(secrets: readonly string[]): Promise<string[]> {
      // A rejection is reported in the next turn of the event loop.
      await scheduler.wait(0);
      const log = [...captured.take(), ...captured.takeHints()].join('\n');
      return [
        ...[...secrets, '$gh-', 'eyJ']
          .filter((secret) => log.includes(secret))
          .map((secret) => `logs ${secret}`),
        ...unhandled.map((reason) => `does not handle a rejection: ${String(reason)}`),
      ];
    },
  };
}
