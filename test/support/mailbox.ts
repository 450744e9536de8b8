/** A house whose mails are kept, besides being really sent. */
import { createTestApp, type TestApp } from './test-app.ts';
import type { Call, BindingInterceptor } from '../fixtures/intercept-bindings.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailbox {
  here: TestApp;
  /** To one address, oldest first. */
  to(address: string): Mail[];
  calls: Call[];
  /** Those that were made before an answer was there, answer by answer. */
  before: Call[][];
}

/** `tap` may do something else with a call, and `ready` hears of an answer, as in house(). */
export function mailbox(
  settings: object = {},
  intercept?: BindingInterceptor,
  ready?: () => void,
): Mailbox {
  const mails: Mail[] = [];
  const calls: Call[] = [];
  const before: Call[][] = [];
  let seen = 0;
  const answered = () => {
    before.push(calls.slice(seen));
    seen = calls.length;
    ready?.();
  };
  const here = createTestApp(
    settings,
    (call, proceed) => {
      calls.push(call);
      if (call.to === 'mail') {
        const [to = '', subject = '', text = ''] = call.what;
        mails.push({ to, subject, text });
      }
      return intercept === undefined ? proceed() : intercept(call, proceed);
    },
    answered,
  );
  return { here, to: (address) => mails.filter(({ to }) => to === address), calls, before };
}

/** The six digits of the last mail that has some. */
export function codeIn(mails: readonly Mail[]): string {
  const codes = mails.flatMap(({ text }) => /\b\d{6}\b/.exec(text) ?? []);
  return codes.at(-1) ?? 'no code';
}

/** The token of the last link. */
export function tokenIn(mails: readonly Mail[]): string {
  const tokens = mails.flatMap(({ text }) => /#token=([\w-]+)/.exec(text)?.[1] ?? []);
  return tokens.at(-1) ?? 'no token';
}
