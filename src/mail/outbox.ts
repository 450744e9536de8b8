/** The last mails of local development, in memory, for the page /dev/mail. */

export interface OutboxMail {
  id: string;
  to: string;
  subject: string;
  text: string;
  atMs: number;
}

export interface Outbox {
  add(mail: OutboxMail): void;
  /** The newest first. */
  list(): Promise<OutboxMail[]>;
}

const MOST_MAILS = 50;

export function createOutbox(): Outbox {
  let mails: OutboxMail[] = [];
  return {
    add(mail) {
      mails = [mail, ...mails].slice(0, MOST_MAILS);
    },
    list: async () => [...mails],
  };
}
