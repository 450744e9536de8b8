/** Checks that docs/observability.md, the alert rules and the dashboard name the metrics of the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DROPPED } from '../../src/telemetry/series.ts';
import { root } from '../../tools/install.mjs';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const unique = (names: Iterable<string>) => [...new Set(names)].toSorted();

/** Every operation has the series of a login; a histogram has three. */
const familyOf = (series: string) =>
  series
    .replace(/_(?:bucket|count|sum)$/, '')
    .replace(/^auth_(?!mail_)\w+_(success_total|failure_total|duration_ms)$/, 'auth_login_$1');

const table = Array.from(
  read('docs/observability.md').matchAll(/^\| (`auth_[^|]+)\| ([^|]*)\|/gm),
  ([, names = '', labels = '']) => ({
    names: names.match(/auth_\w+/g)?.filter((name) => !name.endsWith('_')) ?? [],
    labels: labels.match(/(?<=`)\w+/g) ?? [],
  }),
);
const documented = unique(table.flatMap(({ names }) => names));
const labels = unique(table.flatMap((row) => row.labels));

it('documents every metric and label that the code counts', () => {
  const code = ['instrumented', 'metrics'].map((file) => read(`src/telemetry/${file}.ts`)).join();
  const counted = Array.from(
    code.matchAll(/metrics\.(?:count|time)\(['`]([^'`]+)['`], \{([^}]*)\}/g),
    ([, series = '', own = '']) => ({
      name: familyOf(series.replace('${family}', 'auth_login')),
      labels: own.match(/(?<=^ *|, *)\w+/g) ?? [],
    }),
  );
  expect(unique([DROPPED, ...counted.map(({ name }) => name)])).toEqual(documented);
  expect(unique(counted.flatMap((one) => one.labels))).toEqual(labels);
});

it.each(['docs/operate/alerts.yml', 'docs/operate/grafana-dashboard.json'])(
  '%s queries documented metrics and labels',
  (file) => {
    const text = read(file);
    const queried = unique((text.match(/\bauth_\w+[a-z]\b/g) ?? []).map(familyOf));
    expect(documented).toEqual(expect.arrayContaining(queried));
    const grouped = Array.from(text.matchAll(/\bby \(([^)]*)\)/g), ([, names = '']) =>
      names.split(/, */),
    ).flat();
    const shown = Array.from(
      text.matchAll(/\{\{ *(?:\$labels\.)?(\w+) *\}\}/g),
      ([, name = '']) => name,
    );
    expect(['le', ...labels]).toEqual(expect.arrayContaining(unique([...grouped, ...shown])));
  },
);
