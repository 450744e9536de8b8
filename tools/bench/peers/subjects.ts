/** Who is held beside whom, and what a login looks like at each. */
import { LIMITED_CONTRACT, PASSWORD } from '../server.ts';
import type { BenchUser } from './server.ts';

const PBKDF2 = 'PBKDF2, 600,000';

export const subjects = {
  app: { title: 'Gatehouse', hash: PBKDF2, alone: 'derives alone', traced: 'app traced' },
  scrypt: {
    title: 'better-auth',
    hash: 'scrypt, 2^14·16·1',
    alone: 'scrypt alone',
    traced: 'scrypt traced',
  },
  pbkdf2: {
    title: 'better-auth',
    hash: PBKDF2,
    alone: 'derives alone',
    traced: 'pbkdf2 traced',
  },
} as const satisfies Record<string, Column>;

interface Column {
  title: string;
  hash: string;
  /** The hash and nothing else. */
  alone: BenchUser;
  traced: BenchUser;
}

export type Subject = keyof typeof subjects;
export const subjectNames = Object.keys(subjects) as Subject[];

/** better-auth's `baseURL`, in better-auth/auth.ts. */
const PEER_ORIGIN = 'https://auth.example';

const paths = {
  gatehouse: { login: `/${LIMITED_CONTRACT}/api/v1/auth/login`, health: '/healthz' },
  peer: { login: '/api/auth/sign-in/email', health: '/api/auth/ok' },
};

/** What a browser names as its page's, on a page of the product's own. */
export const originOf = (who: Subject, url: string) =>
  who === 'app' ? new URL(url).origin : PEER_ORIGIN;

export const pathsOf = (who: BenchUser) =>
  who === 'app' || who === 'cut' || who === 'app traced' ? paths.gatehouse : paths.peer;

export const headers = {
  'Content-Type': 'application/json',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)',
};

export const bodyOf = (email: string, password = PASSWORD) => JSON.stringify({ email, password });
