/** In-memory store of the last e-mails, for the page /dev/mail of local development. */

interface OutboxMail {
  id: string;
  to: string;
  subject: string;
  text: string;
  atMs: number;
}

export interface Outbox {
  add(mail: OutboxMail): void;
  /** Newest first. */
  list(): Promise<OutboxMail[]>;
}

const MAX_EMAILS = 50;

export function createOutbox(): Outbox {
  let mails: OutboxMail[] = [];
  return {
    add(mail) {
      mails = [mail, ...mails].slice(0, MAX_EMAILS);
    },
    list: async () => [...mails],
  };
}
