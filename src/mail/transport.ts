/** Interface of an e-mail transport. */

export interface Mail {
  from: { name: string; email: string };
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Sends an e-mail; throws if it was not accepted. `id` is the same for every attempt. */
export type Transport = (mail: Mail, id: string) => Promise<void>;
