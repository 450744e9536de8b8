/** Yields to the event loop until the caller may run one slice; false: it is to abort instead. */
type TakeSlot = (shouldAbort?: () => boolean) => Promise<boolean>;

/**
 * Schedules the slices of all hashes of one isolate fairly.
 *
 * Before each slice the event loop is yielded to; if at least half of the waiting hashes started a
 * slice meanwhile, it is yielded to again. Limiting to half, rather than to one, bounds both the
 * latency of other requests and the CPU lost to empty wake-ups; first come, first done. Only counters
 * are shared: a promise created by another request must not be awaited, since it is lost with it.
 */
export function createSchedule(yieldToEventLoop: () => Promise<void>): TakeSlot {
  let started = 0;
  let waiting = 0;
  return async (shouldAbort = () => false) => {
    waiting += 1;
    try {
      let before;
      do {
        before = started;
        await yieldToEventLoop();
        if (shouldAbort()) return false;
      } while (started - before >= Math.ceil(waiting / 2));
      started += 1;
      return true;
    } finally {
      waiting -= 1;
    }
  };
}
