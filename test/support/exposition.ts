/** Parses metrics as Prometheus and OpenMetrics 1.0.0 demand: order, escapes, types, names, histograms. */
export interface Family {
  type: string;
  help: string;
  unit: string | null;
  samples: Sample[];
}

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export type Format = 'prometheus' | 'openmetrics';

/** Only `\n` ends a line: hence `s`, for without it `.` stops at `\r`, U+2028 and U+2029, too. */
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|[+-]Inf|NaN)$/;

/** Returns the families by name. Throws an error that quotes the first wrong line. */
export function parseMetrics(text: string, format: Format): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const lines = text.slice(0, -1).split('\n');
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('no # EOF at the end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let at = null as { name: string; family: Family } | null;

  for (const line of lines) {
    const fault = (why: string) => new Error(`${why}: ${line}`);
    const [, keyword = '', name = '', rest = ''] =
      new RegExp(`^# (HELP|TYPE|UNIT) (${NAME}) (.+)$`, 's').exec(line) ?? [];
    if (keyword !== '') {
      if (at?.name !== name) {
        if (families.has(name)) throw fault('a family twice');
        at = { name, family: { type: '', help: '', unit: null, samples: [] } };
        families.set(name, at.family);
      }
      const { family } = at;
      if (family.samples.length > 0) throw fault('metadata after samples');
      if (keyword === 'HELP') {
        if (family.help !== '') throw fault('HELP twice');
        if (/\\(?![\\n"])/.test(rest)) throw fault('a bad escape');
        family.help = rest;
      } else if (keyword === 'TYPE') {
        if (family.type !== '') throw fault('TYPE twice');
        if (!['counter', 'histogram', 'gauge'].includes(rest)) throw fault('an unknown type');
        family.type = rest;
      } else {
        if (format !== 'openmetrics') throw fault('UNIT outside of OpenMetrics');
        if (!name.endsWith(`_${rest}`)) throw fault('the name does not end with its unit');
        family.unit = rest;
      }
      continue;
    }
    const [, of = '', pairs, number = ''] =
      new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([^ ]+)$`, 's').exec(line) ?? [];
    if (of === '' || !NUMBER.test(number)) throw fault('not a sample');
    if (at === null || at.family.type === '') throw fault('a sample before its TYPE');
    if (!endingsOf(at.family.type, format).some((suffix) => of === at?.name + suffix)) {
      throw fault(`not a sample of ${at.name}`);
    }
    const labels = labelsOf(pairs ?? '', fault);
    const key = `${of} ${JSON.stringify(Object.entries(labels).toSorted())}`;
    if (seen.has(key)) throw fault('the same series twice');
    seen.add(key);
    const value = Number(number.replace('Inf', 'Infinity'));
    if (at.family.type !== 'gauge' && !(value >= 0)) throw fault('a count below zero');
    at.family.samples.push({ name: of, labels, value });
  }
  for (const [name, family] of families) {
    if (family.type === '' || family.help === '') throw new Error(`${name}: no TYPE or HELP`);
    if (family.type === 'histogram') assertHistogram(name, family, format);
  }
  return families;
}

/** A sample's value; null where there is none. */
export function valueOf(
  families: Map<string, Family>,
  name: string,
  labels: Record<string, string> = {},
): number | null {
  for (const { samples } of families.values()) {
    const found = samples.find(
      (sample) =>
        sample.name === name &&
        Object.keys(sample.labels).length === Object.keys(labels).length &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    if (found) return found.value;
  }
  return null;
}

function endingsOf(type: string, format: Format): string[] {
  if (type === 'histogram') return ['_bucket', '_sum', '_count'];
  return type === 'counter' && format === 'openmetrics' ? ['_total'] : [''];
}

function labelsOf(text: string, fault: (why: string) => Error): Record<string, string> {
  const labels: Record<string, string> = {};
  const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,(?!$)|$)/y;
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text);
    if (match === null) throw fault('bad labels');
    const [, label = '', value = ''] = match;
    if (label in labels) throw fault('a label twice');
    labels[label] = value.replaceAll(/\\(.)/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

/** Buckets in order and never falling, the last one +Inf and equal to the count. */
function assertHistogram(name: string, { samples }: Family, format: Format): void {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...others } = sample.labels;
    const key = JSON.stringify(Object.entries(others).toSorted());
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, group] of groups) {
    const fault = (why: string) => new Error(`${name} ${key}: ${why}`);
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const ends = buckets.map(({ labels }) => labels['le'] ?? '');
    if (ends.at(-1) !== '+Inf') throw fault('the last bucket is not +Inf');
    if (format === 'openmetrics' && ends.some((end) => !/\.|Inf/.test(end))) {
      throw fault('an end that is not canonical');
    }
    const upTo = ends.map((end) => Number(end.replace('+Inf', 'Infinity')));
    if (upTo.some((end, n) => !(n === 0 || end > (upTo[n - 1] ?? 0)))) throw fault('ends');
    const counts = buckets.map(({ value }) => value);
    if (counts.some((count, n) => count < (counts[n - 1] ?? 0))) throw fault('falling counts');
    const one = (suffix: string) => group.filter((sample) => sample.name === name + suffix);
    if (one('_sum').length !== 1 || one('_count').length !== 1) throw fault('sum and count');
    if (one('_count')[0]?.value !== counts.at(-1)) throw fault('count is not +Inf');
  }
}
