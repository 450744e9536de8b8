/** The responses of the operations around second factors, which all contracts have alike. */
import * as z from 'zod/mini';
import type { RecoveryCodes } from '../flows/factors.ts';
import type { Enrolment, ShownFactor } from '../flows/model/factor.ts';
import type { ResponseValues } from '../flows/operation.ts';
import { isoTime, nullWhere, text, type Body, type Fields, type TimeFormat } from './responses.ts';
import type { WireResponse } from './wire.ts';

interface Style {
  time?: TimeFormat;
  nameCase?: 'camel' | 'snake';
}

type Respond = <T>(id: string, body: Body<T, Fields>) => WireResponse<T>;

/** In the contract's time format, and with names in its case. */
export function factorResponses({ time = isoTime, nameCase = 'camel' }: Style, respond: Respond) {
  const isCamel = nameCase === 'camel';
  const createdAt = isCamel ? 'createdAt' : 'created_at';
  const lastUsedAt = isCamel ? 'lastUsedAt' : 'last_used_at';
  const recoveryCodes = isCamel ? 'recoveryCodes' : 'recovery_codes';
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
