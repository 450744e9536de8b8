/** What carries a mail away. */

export interface Mail {
  from: { name: string; email: string };
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Throws where the mail was not taken. `id` is the mail's own, the same in every try. */
export type Transport = (mail: Mail, id: string) => Promise<void>;
