/** Metrics as text: valid for any label, in both formats. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposition } from '../../src/telemetry/exposition.ts';
import { addTo, BUCKETS_MS, seriesOf, timed, type Sums } from '../../src/telemetry/series.ts';
import { parseMetrics, valueOf, type Format } from '../support/exposition.ts';

const formats: [Format, string][] = [
  ['prometheus', 'text/plain'],
  ['openmetrics', 'application/openmetrics-text'],
];

/** Line ends that this format does not know, and all characters to be escaped. */
const labels = ['\u2028', '\u2029', '\r', '\u0085', 'a "quoted" \\n back\\slash,\nand="a line"} 1'];

describe.each(formats)('as %s', (format, accept) => {
  const rendered = (sums: Sums) => parseMetrics(exposition(sums, accept).text, format);

  it('escapes what would end a label', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const own = { contract: text, reason: 'x' };
        const sums: Sums = new Map();
        addTo(sums, [
          [seriesOf('auth_login_failure_total', own), [3]],
          [seriesOf('auth_login_duration_ms', { contract: text }), timed(7)],
        ]);
        const families = rendered(sums);
        expect(valueOf(families, 'auth_login_failure_total', own)).toBe(3);
        expect(valueOf(families, 'auth_login_duration_ms_sum', { contract: text })).toBe(7);
      }),
      { examples: labels.map((label) => [label]) },
    );
  });

  it('puts every duration into the first bucket that holds it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { minLength: 1 }), (durations) => {
        const sums: Sums = new Map();
        for (const ms of durations) addTo(sums, [['auth_login_duration_ms', timed(ms)]]);
        const families = rendered(sums);
        for (const upTo of BUCKETS_MS) {
          const le = format === 'openmetrics' ? upTo.toFixed(1) : String(upTo);
          const within = durations.filter((ms) => ms <= upTo).length;
          expect(valueOf(families, 'auth_login_duration_ms_bucket', { le })).toBe(within);
        }
        const sum = durations.reduce((all, ms) => all + ms, 0);
        expect(valueOf(families, 'auth_login_duration_ms_sum')).toBe(sum);
        expect(valueOf(families, 'auth_login_duration_ms_count')).toBe(durations.length);
      }),
    );
  });
});

it('is empty without counts', () => {
  expect(exposition(new Map(), null).text).toBe('');
  expect(exposition(new Map(), 'application/openmetrics-text').text).toBe('# EOF\n');
});

it('resets a histogram with other buckets than the current ones', () => {
  const sums: Sums = new Map([['auth_login_duration_ms', [1, 1, 700]]]);
  addTo(sums, [['auth_login_duration_ms', timed(7)]]);
  expect(sums.get('auth_login_duration_ms')).toEqual(timed(7));
});
