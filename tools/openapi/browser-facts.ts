/** Facts that a frontend in a browser needs, for the description of a contract's document. */
import type { Contract } from '../../src/contracts/contract.ts';
import { FORM, routeOf } from '../../src/contracts/routes.ts';

type Carrier = NonNullable<Contract['access' | 'refresh']>;

/** Describes the place of a token in requests and answers. */
export function carrierText(carrier: Carrier, path: readonly string[] | null): string {
  const answered = path === null ? '' : `\`${path.join('.')}\` of the answer; sent `;
  if (carrier.in === 'body') return `${answered}in the body`;
  if (carrier.in === 'header') {
    const scheme = carrier.scheme === null ? '' : `: ${carrier.scheme}`;
    return `${answered}in the header \`${carrier.name}${scheme}\``;
  }
  return `in the cookie \`${carrier.name}\`, which browsers store and send by themselves and no script can read`;
}

export function browserFacts(contract: Contract): string {
  const { access, refresh, paths, description } = contract;
  const usesCookie = access.in === 'cookie' || refresh?.in === 'cookie';
  const login = routeOf(contract, 'login');
  const folder = login.path.replace(/\/[^/]*$/, '');
  const readsDevice = login.accepts !== FORM;
  const known = readsDevice
    ? 'device and registration are known by cookies'
    : 'a registration is known by its cookie';
  const ofAnySite = readsDevice
    ? 'It may be of any site: only the device cookie, which keeps strangers from locking a user out, needs the same one.'
    : 'It may be of any site. The login is a form, with which no cookie is read: no device is known.';
  const facts = [
    `A page of another origin can read answers if \`ALLOWED_ORIGINS\` lists its origin, for local work in \`.dev.vars\`. It sends \`credentials: "include"\`: ${known}.`,
    usesCookie
      ? `Its site has to be Gatehouse's own, since its cookies are \`SameSite=Strict; Secure; HttpOnly\`: the same scheme and registrable domain, whatever the port. \`localhost\` and \`127.0.0.1\` are two sites, and so are http and https. A refresh token from elsewhere is not sent, and the answer is that of a user who is not signed in. The refresh cookie is sent below \`${folder}\` alone.`
      : ofAnySite,
    `Access token: ${carrierText(access, paths.login.access)}.`,
    refresh === null
      ? 'There is no refresh token: when the access token is refused, the user signs in again.'
      : `Refresh token: ${carrierText(refresh, paths.login.refresh)}. ${
          contract.rotation === 'kept'
            ? 'It stays the same for as long as the session.'
            : 'Each is good once: one refresh at a time, in all tabs. Used again after ten seconds it ends the session.'
        }`,
    `${refresh === null ? '' : 'After a refusal that names the token: refresh once and repeat the request once. '}After one with \`Retry-After\`: show the time, and repeat nothing without the user. The description of each example says what a refusal asks for.`,
  ];
  return `${description}\n\n## From a browser\n\n${facts.map((fact) => `- ${fact}`).join('\n')}`;
}
