/** Finds faulty settings: unknown names, placeholders, and everything that stops the start. */
import * as z from 'zod';
import { contracts } from '../../src/contracts/index.ts';
import { readSettings, schema, type Settings } from '../../src/settings.ts';
import { error, nearest, type Finding } from './finding.ts';

export type Values = Readonly<Record<string, unknown>>;

const settingNames = Object.keys(schema.shape);

/** Fields of the settings that are groups. Others hold names that deployments choose. */
const groups = new Map(
  Object.entries(
    z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }).properties ?? {},
  ).flatMap(([name, setting]) =>
    typeof setting === 'object' && setting.properties !== undefined && name !== 'TOKEN_KEYS'
      ? [[name, Object.keys(setting.properties)] as const]
      : [],
  ),
);

/** `place`: the file or list in which the names are. */
export const checkNames = (names: readonly string[], place: string): Finding[] =>
  names.flatMap((name) =>
    settingNames.includes(name)
      ? []
      : error(`${place}, ${name}`, 'there is no such setting', renameTo(name, settingNames)),
  );

function renameTo(name: string, known: readonly string[], group = ''): string {
  const similar = nearest(name, known);
  return similar === null ? 'Remove it' : `Rename it to ${group}${similar}`;
}

/** A setting below the header of a group belongs to the group, in TOML. */
const checkGroups = (values: Values): Finding[] =>
  [...groups].flatMap(([group, known]) =>
    Object.keys(objectIn(values[group])).flatMap((name) => {
      if (known.includes(name)) return [];
      const remedy = settingNames.includes(name)
        ? `Move ${name} above the first [vars.…]`
        : renameTo(name, known, `${group}.`);
      return error(`${group}.${name}`, 'there is no such setting', remedy);
    }),
  );

/** `.dev.vars` and secrets hold JSON text. */
function objectIn(value: unknown): object {
  if (typeof value !== 'string') return typeof value === 'object' && value !== null ? value : {};
  try {
    return objectIn(JSON.parse(value) ?? {});
  } catch {
    return {};
  }
}

/** Strings with the placeholder's host, by the path of their setting. */
export function checkPlaceholders(value: unknown, path = ''): Finding[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) =>
      checkPlaceholders(inner, path === '' ? name : `${path}.${name}`),
    );
  }
  return typeof value === 'string' && /gatehouse\.example\b/i.test(value)
    ? [
        error(
          path,
          'still names the placeholder gatehouse.example',
          'Name the domain of this deployment',
        ),
      ]
    : [];
}

/** The settings, or why the Worker would not start. */
export function checkStart(values: Values): { settings: Settings | null; findings: Finding[] } {
  try {
    return { settings: readSettings(values, contracts), findings: [] };
  } catch (cause) {
    const lines = Array.from(
      (cause as Error).message.matchAll(/^ +([\w.-]+): (.*)$/gm),
      ([, name = '', problem = '']) => ({ name, problem }),
    );
    if (lines.length === 0) throw cause;
    const moved = new Set(
      lines.map(({ name, problem }) => `${name}.${/^has no (\S+) any more/.exec(problem)?.[1]}`),
    );
    // The checks of groups and of placeholders report these with a remedy.
    const others = lines.filter(
      ({ problem }) => !/^Unrecognized key|is still the placeholder/.test(problem),
    );
    return {
      settings: null,
      findings: [
        ...checkGroups(values).filter(({ place }) => !moved.has(place)),
        ...others.map(({ name, problem }) =>
          error(name, problem, 'docs/configuration.md has its format and bounds'),
        ),
      ],
    };
  }
}
