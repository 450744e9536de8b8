import type { AuditEvent, StoredEvent } from '../model/audit.ts';
import type { RequestMeta } from '../model/request.ts';

export interface Audit {
  record(event: AuditEvent): Promise<void>;
  /**
   * Tells whether the user has signed in before this session with the same browser, system and address, by
   * the user's newest 500 events. Sign-ins count until a link of an e-mail has ended a session or the
   * password is another, which makes the device known that set it; those whose own session was ended from
   * another one never do.
   */
  knowsDevice(
    session: { userId: number; sessionId: string },
    device: Pick<RequestMeta, 'address' | 'browser'>,
  ): Promise<boolean>;
  /**
   * Reads the newest events of a user, newest first, without those that tell the user nothing. Of each kind
   * but sign-ins there are a few, so that no number of them hides the others.
   */
  newestOf(userId: number, limit: number): Promise<StoredEvent[]>;
}
