/** An operator: the bearer of a token of the deployment, or a user with a role that a setting names. */
import type { LiveSession } from './session.ts';

/** `write` includes `read`. */
export type OperatorScope = 'read' | 'write';

/** A token of the deployment, for programs. */
export interface OperatorToken {
  id: string;
  token: string;
  scope: OperatorScope;
}

export interface Operator {
  /** For audit and log: the public id of an account, or `token:` and the id of a token. */
  name: string;
  scope: OperatorScope;
  /** Null: a token, which proves no identity and acts on no own account. */
  session: LiveSession | null;
}
