/** Tables that are cleaned up batch by batch. */
export type CleanupStep = 'sessions' | 'challenges' | 'registrations';

export interface Cleanup {
  /** The cursor that the last run left. */
  position(table: CleanupStep): Promise<number>;
  /**
   * Looks at the next `rows` rows past `position`, deletes those that are of no use any more, and
   * stores the new cursor. `reached`: 0 where the end was reached.
   */
  sweep(
    table: CleanupStep,
    at: { position: number; rows: number; nowMs: number },
  ): Promise<{ removed: number; reached: number }>;
  /** Deletes the oldest audit events, at most `rows`, where they are older than this. */
  forgetEvents(olderThanMs: number, rows: number): Promise<number>;
}
