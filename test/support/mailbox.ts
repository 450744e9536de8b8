/** An app whose e-mails are kept, besides being really sent, and whose binding calls are listed. */
import { createTestApp, type TestApp } from './test-app.ts';
import type { Call, BindingInterceptor } from '../fixtures/intercept-bindings.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailbox {
  app: TestApp;
  /** The e-mails to one address, oldest first. */
  to(address: string): Mail[];
  calls: Call[];
  /** By answer: the calls from its request on, until it was ready. */
  before: Call[][];
}

export function mailbox(
  settings: object = {},
  intercept: BindingInterceptor = (_call, proceed) => proceed(),
  answered?: () => void,
): Mailbox {
  const mails: Mail[] = [];
  const calls: Call[] = [];
  const before: Call[][] = [];
  let current: Call[] = [];
  const app = createTestApp(
    settings,
    (call, proceed) => {
      calls.push(call);
      current.push(call);
      if (call.to === 'mail') {
        const [to = '', subject = '', text = ''] = call.what;
        mails.push({ to, subject, text });
      }
      return intercept(call, proceed);
    },
    () => {
      before.push([...current]);
      answered?.();
    },
  );
  const begin =
    <Args extends unknown[], T>(request: (...args: Args) => T) =>
    (...args: Args) => {
      current = [];
      return request(...args);
    };
  const recorded = { fetch: begin(app.fetch), post: begin(app.post), send: begin(app.send) };
  return {
    app: recorded,
    to: (address) => mails.filter(({ to }) => to === address),
    calls,
    before,
  };
}

/** The newest code of six digits. */
export function codeIn(mails: readonly Mail[]): string {
  const codes = mails.flatMap(({ text }) => /\b\d{6}\b/.exec(text) ?? []);
  return codes.at(-1) ?? 'no code';
}

export const otherThan = (code: string): string => (code === '000000' ? '000001' : '000000');

/** The token of the newest link. */
export function tokenIn(mails: readonly Mail[]): string {
  const tokens = mails.flatMap(({ text }) => /#token=([\w-]+)/.exec(text)?.[1] ?? []);
  return tokens.at(-1) ?? 'no token';
}
