/** What the house says on the console meanwhile. */
import { vi } from 'vitest';

export interface CapturedConsole {
  /** What was said since the last time. */
  take(): string[];
}

/** Hears instead of the console, until vi.restoreAllMocks(). */
export function captureConsole(): CapturedConsole {
  let lines: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => void lines.push(said.join(' ')));
  }
  return {
    take: () => {
      const taken = lines;
      lines = [];
      return taken;
    },
  };
}
