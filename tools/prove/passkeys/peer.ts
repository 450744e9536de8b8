/** Starts the second implementation (fido2-peer.py), and speaks with it. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CreationOptions, RequestOptions } from '../../../src/flows/model/passkey.ts';
import type {
  AssertionJson,
  RegistrationJson,
} from '../../../test/support/passkey-authenticator.ts';

/** The system's own, which Debian's packages are for. */
const PYTHON = '/usr/bin/python3';
const PACKAGE = 'python3-fido2';

/** Flaws of what an authenticator or browser answers. */
export interface Changes {
  type?: string;
  challenge?: string;
  origin?: string;
  domain?: string;
  flipFlags?: number;
}

/** Expectations of the relying party. */
interface Expected {
  challenge: string;
  origin: string;
  domain: string;
}

export type Verdict =
  /** `registered`: the credential as the peer stores it, of a registration. */
  { ok: true; value: { registered?: string } } | { ok: false; error: string };

export interface Peer {
  create(request: {
    name: string;
    alg: number;
    synced: boolean;
    format: string;
    options: CreationOptions;
    origin: string;
    changes?: Changes;
  }): Promise<RegistrationJson>;
  get(request: {
    name: string;
    options: RequestOptions;
    origin: string;
    changes?: Changes;
  }): Promise<AssertionJson>;
  register(request: Expected & { credential: RegistrationJson }): Promise<Verdict>;
  verify(request: Expected & { credential: AssertionJson; registered: string }): Promise<Verdict>;
  close(): void;
}

/** Returns the version of the package; null: it is not installed. */
export function peerVersion(): string | null {
  const argv = ['-c', 'import fido2, cryptography; print(fido2.__version__)'];
  const { status, stdout } = spawnSync(PYTHON, argv, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

export const INSTALLATION = `The second implementation was not found. Debian has it in the package "${PACKAGE}":

    apt-get install --no-install-recommends ${PACKAGE}
`;

export function startPeer(): Peer {
  const child = spawn(PYTHON, [join(import.meta.dirname, 'fido2-peer.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  /** One command at a time. */
  const send = async (name: string, command: object) => {
    child.stdin.write(`${JSON.stringify({ do: name, ...command })}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the second implementation ended');
    return JSON.parse(value as string) as Verdict;
  };
  const made = async (name: string, command: object): Promise<object> => {
    const answer = await send(name, command);
    if (!answer.ok) throw new Error(`${name}: ${answer.error}`);
    return answer.value;
  };
  return {
    create: async (request) => (await made('create', request)) as RegistrationJson,
    get: async (request) => (await made('get', request)) as AssertionJson,
    register: (request) => send('register', request),
    verify: (request) => send('verify', request),
    close: () => child.kill(),
  };
}
