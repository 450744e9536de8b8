/**
 * Limits on the e-mail that requests cause, each counted in an object of its own: what one sending
 * address may cause, and what the whole deployment sends. The second is one object for everybody;
 * its refusals are remembered by the isolate, so a flood over the limit does not reach it.
 */
import type { EmailLimits } from '../flows/account-services.ts';
import type { Guard } from '../flows/services.ts';

const HOUR_SECONDS = 3600;
const TOTAL = 'e-mail in total';
const nameOf = (address: string) => `e-mail of ${address}`;

interface EmailLimitOptions {
  guard: Pick<Guard, 'admit' | 'rememberedRefusal'>;
  perAddressPerHour: number;
  perHour: number;
  /** Called for every refusal. */
  onRefused(reason: 'address' | 'total'): void;
}

export function createEmailLimits(options: EmailLimitOptions): EmailLimits {
  const { guard, onRefused } = options;
  const perAddress = { attempts: options.perAddressPerHour, windowSeconds: HOUR_SECONDS };
  const inTotal = { attempts: options.perHour, windowSeconds: HOUR_SECONDS };

  return {
    perAddress,

    rememberedRefusal(address) {
      const refusal = guard.rememberedRefusal(nameOf(address), perAddress);
      if (refusal !== null) onRefused('address');
      return refusal;
    },

    async consume(address) {
      const admission = await guard.admit(nameOf(address), perAddress);
      if (!admission.admitted) onRefused('address');
      return admission;
    },

    async consumeInTotal() {
      const mayAsk = guard.rememberedRefusal(TOTAL, inTotal) === null;
      if (mayAsk && (await guard.admit(TOTAL, inTotal)).admitted) return true;
      onRefused('total');
      return false;
    },
  };
}
