/** Sends e-mail, always after the response. */
import { NOTICES } from '../policy/allowances.ts';
import { noticesTo } from '../policy/rate-limit-keys.ts';
import type { Account } from './model/user.ts';
import type { EmailTemplate, Recipient } from './ports/mail.ts';
import type { Services } from './ports/services.ts';
import type { UseCaseRequest } from './use-case.ts';

export type AfterResponsePorts = 'emailLimits' | 'randomDelay' | 'waitUntil';

/**
 * Starts the work that sends an e-mail, after the response. The work differs between known and
 * unknown addresses, so its length must not show: neither in this response's time nor in the next
 * request's, hence the random delay. The e-mail is counted for known and unknown addresses alike;
 * once the deployment's limit is reached the work is not done.
 */
export function afterResponse(
  services: Pick<Services, AfterResponsePorts>,
  work: () => Promise<void>,
): void {
  const start = async () => {
    await services.randomDelay();
    if (await services.emailLimits.consumeInTotal()) await work();
  };
  services.waitUntil(start());
}

export const sendEmail = (
  { services, rules }: UseCaseRequest<'mailer'>,
  to: Recipient,
  template: EmailTemplate,
): Promise<void> => services.mailer.send({ to, contract: rules.contract, template });

/**
 * Sends an e-mail about a change to the account's owner, who may have no address, behind the response.
 * Not limited as notices are: no stranger can cause one.
 */
export function notify(
  request: UseCaseRequest<'mailer' | 'waitUntil'>,
  { user: { email, language } }: Account,
  template: EmailTemplate,
): void {
  if (email === null) return;
  request.services.waitUntil(sendEmail(request, { email, language }, template));
}

/** Sends a notice unless the address has had as many as the limit allows. */
export async function sendNotice(
  request: UseCaseRequest<'limits' | 'mailer'>,
  to: Recipient,
  template: EmailTemplate,
): Promise<void> {
  const { admitted } = await request.services.limits.consume(noticesTo(to.email), NOTICES);
  if (admitted) await sendEmail(request, to, template);
}
