/**
 * A network slower than everything else: no answer arrives before the app has nothing left to do but
 * wait for one. All that it waits for then arrives at once. So what is sent together and what one
 * after the other does not depend on how fast a machine is.
 */
import { createRecorder, hearHashes, type Recorder } from './call-trace.ts';
import type { BindingInterceptor } from './intercept-bindings.ts';

/** The app lets the loop turn once between two slices of a hash; more than that is waiting. */
const IDLE_TURNS = 6;

export function slowNetwork(): Recorder {
  let stirrings = 0;
  let atBindings = 0;
  let arrivals: (() => void)[] = [];
  let isWatched = false;

  const deliverWhenIdle = async () => {
    let seen = -1;
    for (let turns = 0; turns < IDLE_TURNS; turns += 1) {
      await scheduler.wait(0);
      if (stirrings !== seen || atBindings > 0) turns = 0;
      seen = stirrings;
    }
    isWatched = false;
    const all = arrivals;
    arrivals = [];
    for (const arrive of all) arrive();
  };

  const network: BindingInterceptor = async (_call, proceed) => {
    stirrings += 1;
    atBindings += 1;
    try {
      return await proceed();
    } finally {
      atBindings -= 1;
      const arrived = new Promise<void>((resolve) => arrivals.push(resolve));
      if (!isWatched) {
        isWatched = true;
        void deliverWhenIdle();
      }
      await arrived;
    }
  };
  const recorder = createRecorder(network);
  hearHashes(() => {
    stirrings += 1;
    recorder.hashing();
  });
  return recorder;
}
