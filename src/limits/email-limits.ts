/**
 * Limits on the e-mail that requests cause: per client address, and for the whole deployment. The
 * second limit is one object for all requests; the isolate caches its refusals, so that a flood over
 * the limit does not reach the object.
 */
import type { EmailLimits, Limits } from '../flows/ports/limits.ts';
import { ALL_EMAILS, emailsCausedBy } from '../policy/rate-limit-keys.ts';

const HOUR_SECONDS = 3600;

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
      const refusal = limits.rememberedRefusal(emailsCausedBy(address), perAddress);
      if (refusal !== null) onRefused('address');
      return refusal;
    },

    async consume(address) {
      const admission = await limits.consumeAddress(emailsCausedBy(address), perAddress);
      if (!admission.admitted) onRefused('address');
      return admission;
    },

    async consumeInTotal() {
      const mayAsk = limits.rememberedRefusal(ALL_EMAILS, inTotal) === null;
      if (mayAsk && (await limits.consumeAddress(ALL_EMAILS, inTotal)).admitted) return true;
      onRefused('total');
      return false;
    },
  };
}
