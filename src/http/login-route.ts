/** `POST {base}/login`. */
import { login } from '../flows/login.ts';
import type { LoginResult } from '../flows/model/outcome.ts';
import type { LoginRules } from '../flows/model/login.ts';
import { validated } from './body.ts';
import type { ContractApp } from './contract-app.ts';
import type { Responder } from './responder.ts';
import { deviceCookies } from './device-cookie.ts';
import { countAtAddress } from './address-limit.ts';

export function mountLogin(app: ContractApp, responder: Responder, rules: LoginRules): void {
  const { contract } = responder;
  app.post(
    `${contract.base}/login`,
    countAtAddress('login', responder, rules.limit),
    ...validated('login', contract.requests.login.decode, responder.malformed),
    (c) => {
      const { services, meta } = c.env;
      const attempt = c.req.valid('json');
      return responder.run<LoginResult>(c, {
        operation: 'login',
        identifier: attempt.identifier,
        work: login({ services, rules, attempt, meta }),
        answer: contract.responses.login.render,
        cookies: deviceCookies,
      });
    },
  );
}
