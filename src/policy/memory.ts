/**
 * What an isolate remembers, each entry with its end: who is refused, so that a flood against a
 * closed door costs neither a guard call nor a database statement; which tokens were found
 * genuine. Forgetting any of it is safe.
 */
/** The least recently used entries go first, so a flood of new keys cannot fill the memory. */
export class ExpiringMemory<T extends { untilMs: number }> {
  readonly #entries = new Map<string, T>();
  readonly #mostEntries: number;

  constructor(mostEntries: number) {
    this.#mostEntries = mostEntries;
  }

  get(key: string, nowMs: number): T | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    if (entry.untilMs <= nowMs) return null;
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size <= this.#mostEntries) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }
}
