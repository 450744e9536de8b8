/** Finds faulty settings: unknown names, placeholders, and everything that stops the start. */
import * as z from 'zod';
import { contracts } from '../../src/contracts/index.ts';
import { readSettings, schema, type Settings } from '../../src/settings.ts';
import { error, nearest, type Finding } from './finding.ts';

export type Values = Readonly<Record<string, unknown>>;

const settingNames = Object.keys(schema.shape);

const described = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }).properties ?? {};

/** Fields of the settings that are groups. Others hold names that deployments choose. */
const groups = new Map(
  Object.entries(described).flatMap(([name, setting]) =>
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

/** Domains of the sample values, reserved by RFC 2606. */
const PLACEHOLDER = /(?<![\w-])(?:gatehouse\.example|example\.(?:com|net|org))(?!\.?[\w-])/i;

/** Strings with a placeholder's host, by the path of their setting. */
export function checkPlaceholders(value: unknown, path = ''): Finding[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) =>
      checkPlaceholders(inner, path === '' ? name : `${path}.${name}`),
    );
  }
  const [found] = (typeof value === 'string' && PLACEHOLDER.exec(value)) || [];
  if (found === undefined) return [];
  return [
    error(path, `still names the placeholder ${found}`, 'Name the domain of this deployment'),
  ];
}

/** The way out of problems whose words leave it open; `place`: the path of the setting. */
function remedyOf(place: string, problem: string): string {
  if (problem === 'is not an origin') {
    return 'Write scheme and host alone, as "https://app.example.com": no path, and no slash behind';
  }
  const { type = '' } = Object(described[place]) as { type?: string };
  return (problem === 'is not JSON' ? FORMS[type] : undefined) ?? BOUNDS;
}

const BOUNDS = 'docs/configuration.md has its format and bounds';
const number = 'Write a number, without quotes';
const FORMS: Readonly<Record<string, string>> = {
  array: 'Write a list, as ["one", "two"]',
  boolean: 'Write true or false, without quotes',
  integer: number,
  number,
};

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
        ...others.map(({ name, problem }) => error(name, problem, remedyOf(name, problem))),
      ],
    };
  }
}
