import type { PasskeyFlaw } from '../../flows/model/passkey.ts';

/** Ends a verification. Its reason is for log and audit; the client gets one answer for most of them. */
export class Flaw extends Error {
  readonly flaw: PasskeyFlaw;

  constructor(flaw: PasskeyFlaw) {
    super(`passkey: ${flaw}`);
    this.flaw = flaw;
  }
}

/** Throws the flaw unless the condition holds. */
export function check(condition: boolean, flaw: PasskeyFlaw): asserts condition {
  if (!condition) throw new Flaw(flaw);
}

/** Turns any error of reading into the flaw `malformed`. */
export function parse<Value>(read: () => Value): Value {
  try {
    return read();
  } catch {
    throw new Flaw('malformed');
  }
}
