/** `POST {base}/login`. */
import { login } from '../flows/login.ts';
import type { SignedIn } from '../flows/outcome.ts';
import type { LoginRules } from '../flows/services.ts';
import { validated } from './body.ts';
import type { ContractApp } from './contract-app.ts';
import type { Desk } from './desk.ts';
import { deviceCookies } from './device-cookie.ts';
import { countedAtAddress } from './limit.ts';

export function mountLogin(app: ContractApp, desk: Desk, rules: LoginRules): void {
  const { contract } = desk;
  app.post(
    `${contract.base}/login`,
    countedAtAddress('login', desk, rules.limit),
    ...validated('login', contract.login, desk.malformed),
    (at) => {
      const { services, visit } = at.env;
      const attempt = at.req.valid('json');
      return desk.run<SignedIn>(at, {
        operation: 'login',
        identifier: attempt.identifier,
        work: login({ services, rules, attempt, visit }),
        answer: contract.grant,
        cookies: deviceCookies,
      });
    },
  );
}
