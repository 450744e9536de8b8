/**
 * Limits on the e-mail that requests cause: per client address, and for the whole deployment. The
 * second limit is one object for all requests; the isolate caches its refusals, so that a flood over
 * the limit does not reach the object.
 */
import type { EmailLimits } from '../flows/ports/limits.ts';
import type { Limits } from '../flows/ports/limits.ts';

const HOUR_SECONDS = 3600;
const TOTAL = 'e-mail in total';
const nameOf = (address: string) => `e-mail of ${address}`;

interface EmailLimitOptions {
  limits: Pick<Limits, 'consumeAddress' | 'rememberedRefusal'>;
  perAddressPerHour: number;
  perHour: number;
  /** Called for every refusal. */
  onRefused(reason: 'address' | 'total'): void;
}

export function createEmailLimits(options: EmailLimitOptions): EmailLimits {
  const { limits, onRefused } = options;
  const perAddress = { attempts: options.perAddressPerHour, windowSeconds: HOUR_SECONDS };
  const inTotal = { attempts: options.perHour, windowSeconds: HOUR_SECONDS };

  return {
    perAddress,

    rememberedRefusal(address) {
      const refusal = limits.rememberedRefusal(nameOf(address), perAddress);
      if (refusal !== null) onRefused('address');
      return refusal;
    },

    async consume(address) {
      const admission = await limits.consumeAddress(nameOf(address), perAddress);
      if (!admission.admitted) onRefused('address');
      return admission;
    },

    async consumeInTotal() {
      const mayAsk = limits.rememberedRefusal(TOTAL, inTotal) === null;
      if (mayAsk && (await limits.consumeAddress(TOTAL, inTotal)).admitted) return true;
      onRefused('total');
      return false;
    },
  };
}
