/** A page that shows private data: it goes with the session, and with the page. */
import { elementById } from './page-data.ts';
import { forgetMemory, onSessionEndedElsewhere } from './session.ts';

interface PrivatePage {
  /** Removes what is private. */
  clear(): void;
  load(): Promise<unknown>;
}

/** Neither Back nor the back/forward cache shows the data to the next person. */
export function startPrivatePage({ clear, load }: PrivatePage): void {
  onSessionEndedElsewhere(() => {
    elementById('private').hidden = true;
    void load();
  });
  addEventListener('pagehide', () => {
    clear();
    forgetMemory();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void load();
  });
  void load();
}
