/** Conditions of changes that are fenced on the account that was verified. */
import { and, eq } from 'drizzle-orm';
import type { Account } from '../flows/model/user.ts';
import { users } from './schema.ts';
import { existsIn, param } from './statement.ts';

export type Verified = { userId: number; credentialVersion: number };

export const verified = ({ user, credentialVersion }: Account): Verified => ({
  userId: user.id,
  credentialVersion,
});

export const isUser = () => eq(users.id, param('userId'));
export const isActive = eq(users.status, 'active');

/** The user still has the password that was verified. */
export const isVerified = () =>
  and(isUser(), eq(users.credentialVersion, param('credentialVersion')));

export const userIsVerified = () => existsIn(users, and(isVerified(), isActive));
