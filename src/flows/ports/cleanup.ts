/** Tables that are cleaned up batch by batch. */
export type CleanupTable = 'sessions' | 'challenges' | 'registrations' | 'used_challenges';

export interface Cleanup {
  /** The row id at which the last run stopped; 0: at the end. */
  cursor(table: CleanupTable): Promise<number>;
  /**
   * Looks at the next `rows` rows past the cursor, deletes the expired and the orphaned ones, and
   * stores the new cursor: 0 where the end was reached.
   */
  deleteBatch(
    table: CleanupTable,
    from: { cursor: number; rows: number; nowMs: number },
  ): Promise<{ removed: number; cursor: number }>;
  /** Deletes the oldest audit events, at most `rows`, where they are older than this. */
  deleteEvents(olderThanMs: number, rows: number): Promise<number>;
}
