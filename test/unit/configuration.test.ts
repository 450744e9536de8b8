/** Holds docs/configuration.md to the settings: every one, with its default and its bounds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { schema } from '../../src/settings.ts';
import { root } from '../../tools/install.mjs';

type Json = z.core.JSONSchema.BaseSchema;

const { properties, required } = z.toJSONSchema(schema, {
  io: 'output',
  unrepresentable: 'any',
}) as Json & { properties: Record<string, Json> };

/** A setting that is an object of fields with defaults has a row for each field. */
const settings = Object.entries(properties).flatMap(([name, setting]): [string, Json][] =>
  setting.properties === undefined || name === 'TOKEN_KEYS'
    ? [[name, setting]]
    : Object.entries(setting.properties).map(([field, value]) => [
        `${name}.${field}`,
        value as Json,
      ]),
);

function defaultOf(name: string, { default: value }: Json): string {
  if (value !== undefined) return `\`${JSON.stringify(value)}\``;
  return required?.includes(name) ? 'required' : 'none';
}

function boundsOf(setting: Json): string {
  if (setting.enum) return setting.enum.join(', ');
  const { minimum, maximum, minLength, maxLength, minItems } = setting;
  if (minimum !== undefined) return `${minimum} to ${maximum}`;
  if (maxLength !== undefined) return `${minLength} to ${maxLength} characters`;
  if ((minLength ?? minItems) !== undefined) return `${minLength ?? minItems} or more`;
  const { additionalProperties: each } = setting;
  if (typeof each !== 'object') return '–';
  return boundsOf((each.properties?.['accessSeconds'] ?? each) as Json);
}

it('lists every setting with its default and its bounds', () => {
  const document = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const rows = Array.from(
    document.matchAll(/^\| `([\w.]+)`[^|]*\|[^|]+\| (.+?) +\| (.+?) +\|/gm),
    ([, name, fallback, bounds]) => [name, fallback, bounds],
  );
  const expected = settings.map(([name, setting]) => [
    name,
    defaultOf(name, setting),
    boundsOf(setting),
  ]);
  const byName = (one: unknown[], other: unknown[]) =>
    String(one[0]).localeCompare(String(other[0]));
  expect(rows.toSorted(byName)).toEqual(expected.toSorted(byName));
});
