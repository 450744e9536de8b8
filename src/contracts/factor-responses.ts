/** The responses of the operations around second factors, which all contracts have alike. */
import * as z from 'zod/mini';
import type { RecoveryCodes } from '../flows/factors.ts';
import type { Enrolment, ShownFactor } from '../flows/model/factor.ts';
import type { ResponseValues } from '../flows/operation.ts';
import type { FactorPaths } from './contract.ts';
import { isoTime, nullWhere, text, type Body, type Fields, type TimeFormat } from './responses.ts';
import type { JsonPath, WireResponse } from './wire.ts';

export interface Style {
  time?: TimeFormat;
  nameCase?: 'camel' | 'snake';
}

export const namesIn = (nameCase: 'camel' | 'snake') =>
  nameCase === 'camel'
    ? { createdAt: 'createdAt', lastUsedAt: 'lastUsedAt', recoveryCodes: 'recoveryCodes' }
    : { createdAt: 'created_at', lastUsedAt: 'last_used_at', recoveryCodes: 'recovery_codes' };

/** `path`: of the envelope. */
export function factorPaths(nameCase: 'camel' | 'snake', path: JsonPath): FactorPaths {
  const { recoveryCodes, ...times } = namesIn(nameCase);
  return {
    list: [...path, 'factors'],
    fields: { id: 'id', ...times },
    recoveryCodes: [...path, recoveryCodes],
    secret: [...path, 'secret'],
    uri: [...path, 'uri'],
  };
}

export type Respond = <T>(id: string, body: Body<T, Fields>) => WireResponse<T>;

/** In the contract's time format, and with names in its case. */
export function factorResponses({ time = isoTime, nameCase = 'camel' }: Style, respond: Respond) {
  const { createdAt, lastUsedAt, recoveryCodes } = namesIn(nameCase);
  const shown = (factor: ShownFactor) => ({
    id: factor.id,
    type: factor.kind,
    [createdAt]: time.render(factor.createdAtMs),
    [lastUsedAt]: factor.lastUsedAtMs === null ? null : time.render(factor.lastUsedAtMs),
  });
  return {
    factors: respond('FactorsResponse', {
      schema: () => ({
        factors: z.array(
          z
            .object({
              id: z.string(),
              type: z.literal('totp'),
              [createdAt]: time.schema(),
              [lastUsedAt]: nullWhere('until it is used', time.schema()),
            })
            .check(z.meta({ id: 'Factor' })),
        ),
        [recoveryCodes]: z.int().check(z.meta({ description: 'The number that is left' })),
      }),
      render: ({ factors, recoveryCodesLeft }: ResponseValues['factors']) => ({
        factors: factors.map(shown),
        [recoveryCodes]: recoveryCodesLeft,
      }),
    }),
    enrolment: respond('EnrolmentResponse', {
      schema: () => ({
        id: z.string(),
        secret: text('Base32, for typing it in'),
        uri: text('otpauth URI, for a QR code'),
      }),
      render: ({ id, secret, uri }: Enrolment) => ({ id, secret, uri }),
    }),
    recoveryCodes: respond('RecoveryCodesResponse', {
      schema: () => ({
        [recoveryCodes]: z
          .array(z.string())
          .check(z.meta({ description: 'Each good once; shown in this answer alone' })),
      }),
      render: (codes: RecoveryCodes) => ({ [recoveryCodes]: codes.recoveryCodes }),
    }),
  };
}
