/** The part of a request that every use case takes, and its trace in the audit. */
import type { AuditContext, AuditEvent } from './model/audit.ts';
import type { LoginRules } from './model/login.ts';
import type { RequestMeta } from './model/request.ts';
import type { User } from './model/user.ts';
import type { Services } from './ports/services.ts';

/** `Ports` names the services that the use case calls, by itself or in the steps it is made of. */
export interface UseCaseRequest<Ports extends keyof Services> {
  services: Pick<Services, Ports>;
  rules: LoginRules;
  meta: RequestMeta;
}

export function auditContext(
  { services, rules, meta }: UseCaseRequest<'nowMs'>,
  accountKey: string,
): AuditContext {
  return { accountKey, contract: rules.contract, meta, nowMs: services.nowMs() };
}

/** An account, or as much of it as the audit records. */
export type WithUserId = { user: Pick<User, 'id'> };

export type RecordEventPorts = 'audit' | 'nowMs' | 'waitUntil';

/** Records the event in the audit, after the response. */
export function recordEvent(
  request: UseCaseRequest<RecordEventPorts>,
  {
    account,
    accountKey,
    ...event
  }: Pick<AuditEvent, 'action' | 'reason' | 'accountKey'> & { account: WithUserId | null },
): void {
  const { audit, waitUntil } = request.services;
  const userId = account?.user.id ?? null;
  waitUntil(audit.record({ ...event, ...auditContext(request, accountKey), userId }));
}
