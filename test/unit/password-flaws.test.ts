/** The pages find the broken rule of a refused password in each contract's own words. */
import { expect, it } from 'vitest';
import { refusalWire } from '../../src/contracts/errors.ts';
import { contracts } from '../../src/contracts/index.ts';
import { describePasswordRules } from '../../src/pages/contract-descriptor.ts';
import { textsIn } from '../../src/pages/refusal-reason.ts';
import { passwordMessages } from '../../src/policy/password-rules.ts';
import { refusalContext } from '../../tools/openapi/samples.ts';
import { oddForm, oddNested } from '../fixtures/odd-contracts.ts';

const bounds = { least: 8, most: 256 };
const messages = passwordMessages(bounds);
const flaws = ['too-short', 'too-long', 'ambiguous', 'common', 'personal', 'breached'] as const;

it.each([...contracts, oddForm, oddNested])(
  '$name has a text for each flaw that no other flaw has',
  (contract) => {
    const shown = describePasswordRules(contract, { ...bounds, messages });
    expect(shown).toMatchObject(bounds);
    for (const [operation, field] of [
      ['register', 'password'],
      ['reset-password', 'password'],
      ['change-password', 'newPassword'],
    ] as const) {
      const found = flaws.map((flaw) => {
        const issue = { field, flaw, message: messages[flaw], missing: false };
        const refusal = { reason: 'malformed', issues: [issue] } as const;
        const { body } = refusalWire(contract, refusal, { ...refusalContext, operation });
        const texts = textsIn(body);
        return shown.flaws.filter(({ text }) => texts.includes(text)).map((one) => one.flaw);
      });
      expect(found).toEqual(flaws.map((flaw) => [flaw]));
    }
  },
);
