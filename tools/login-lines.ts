/** Logins as `npm start` prints them: made by `encode`, so that they work as they stand. */
import type { Contract } from '../src/contracts/contract.ts';
import { encodeRequest } from '../src/contracts/routes.ts';

/** Of test/fixtures/demo-accounts.ts. */
const demoLogins = {
  email: { value: 'user@example.com', password: 'SecurePass123!' },
  username: { value: 'johndoe', password: 'MySecure123!' },
};

function demoLogin(contract: Contract) {
  const { identifier: kind, name } = contract;
  const { password, value } = demoLogins[kind];
  const input = { identifier: { kind, value }, password, remember: false, code: null };
  const request = encodeRequest(contract, 'login', { input });
  return { ...request, path: `/${name}${request.path}` };
}

/** Method and address of each contract's login, a line each. */
export function loginLines(contracts: readonly Contract[], address: string): string[] {
  const width = Math.max(...contracts.map(({ name }) => name.length));
  return contracts.map((contract) => {
    const { method, path } = demoLogin(contract);
    return `${contract.name.padEnd(width)}  ${method} ${address}${path}`;
  });
}

/** A command that signs a demo account in. */
export function curlLine(contract: Contract, address: string): string {
  const { method, path, headers, body } = demoLogin(contract);
  return [
    // The certificate of wrangler dev is signed by itself.
    address.startsWith('https:') ? 'curl -ik' : 'curl -i',
    ...(method === 'POST' ? [] : [`-X ${method}`]),
    quoted(address + path),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    `-d ${quoted(body ?? '')}`,
  ].join(' ');
}

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
