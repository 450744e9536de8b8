/** Conditions on the second factors of a user. */
import { and, eq, isNotNull, lt } from 'drizzle-orm';
import { factors } from '../schema.ts';
import { existsIn, param } from '../statement.ts';

export const isOwned = () => eq(factors.userId, param('userId'));
export const isTotp = eq(factors.kind, 'totp');
export const isRecoveryCode = eq(factors.kind, 'recovery-code');
export const isConfirmed = isNotNull(factors.confirmedAtMs);

export const hasTotp = () => existsIn(factors, and(isOwned(), isTotp, isConfirmed));
export const hasRecoveryCode = () => existsIn(factors, and(isOwned(), isRecoveryCode));

/** A login must prove a factor: an app, or a recovery code beside passkeys. */
export const userIsEnrolled = () => existsIn(factors, and(isOwned(), isConfirmed));

/** The factor whose code was matched, if neither the code's time step nor a later one is used up. */
export const isPresented = () =>
  and(
    eq(factors.id, param('factorId')),
    isOwned(),
    eq(factors.kind, param('factorKind')),
    lt(factors.lastStep, param('step')),
  );
