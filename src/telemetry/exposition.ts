/**
 * Renders metrics as Prometheus text format 0.0.4 or OpenMetrics 1.0.0, by content negotiation. The
 * two differ in a counter's family name, the notation of a bucket's bound, and the end of the text.
 */
import { BUCKETS_MS, DROPPED, type Sums } from './series.ts';

const PLAIN = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const HELP: Readonly<Record<string, string>> = {
  auth_mail_success_total: 'E-mails sent.',
  auth_mail_failure_total: 'E-mails not sent after two attempts.',
  auth_mail_duration_ms: 'Duration of sending an e-mail, both attempts together.',
  auth_emails_refused_total:
    'Requests and e-mails over EMAIL_LIMITS: of one sending address, or of the deployment in total.',
  auth_lockout_tickets_total:
    'Answers to requests for a lockout ticket; a queued request counts twice.',
  auth_lockout_locks_total:
    'Locks that began, each once; `stopped`: only a password reset or an operator ends it.',
  auth_lockout_wait_ms: 'Waiting time of queued requests for a ticket.',
  auth_limits_errors_total: 'Failed calls of the rate limiter and the account lockout.',
  auth_d1_errors_total: 'Failed database calls.',
  [DROPPED]: 'Counts dropped because the maximum number of series was reached.',
};

const SUFFIX_HELP: Readonly<Record<string, string>> = {
  success_total: 'that succeeded',
  failure_total: 'that were refused or failed, by internal reason',
  duration_ms: 'duration, without requests rejected unread',
};

function helpOf(family: string): string {
  const [, operation = family, suffix = ''] =
    /^auth_(.+)_(success_total|failure_total|duration_ms)$/.exec(family) ?? [];
  return (
    HELP[family] ?? `Operations "${operation.replaceAll('_', '-')}" ${SUFFIX_HELP[suffix] ?? ''}.`
  );
}

/** Renders `sums` in the format preferred by `accept`, the request's header. */
export function exposition(sums: Sums, accept: string | null): { type: string; text: string } {
  const open = prefersOpenMetrics(accept ?? '');
  const lines: string[] = [];
  let described = '';
  const inOrder = [...sums].map(([series, numbers]) => ({ ...partsOf(series), numbers }));
  inOrder.sort((one, other) => compare(one.name, other.name) || compare(one.labels, other.labels));
  for (const { name, labels, numbers } of inOrder) {
    const isCounter = name.endsWith('_total');
    if (name !== described) {
      const family = open && isCounter ? name.slice(0, -'_total'.length) : name;
      lines.push(`# HELP ${family} ${helpOf(name)}`);
      lines.push(`# TYPE ${family} ${isCounter ? 'counter' : 'histogram'}`);
      if (open && !isCounter) lines.push(`# UNIT ${family} ms`);
      described = name;
    }
    if (isCounter) lines.push(sample(name, labels, numbers[0] ?? 0));
    else lines.push(...histogram({ name, labels, numbers }, open));
  }
  if (open) lines.push('# EOF');
  return { type: open ? OPEN : PLAIN, text: lines.map((line) => `${line}\n`).join('') };
}

function histogram(
  { name, labels, numbers }: { name: string; labels: string; numbers: readonly number[] },
  open: boolean,
): string[] {
  let count = 0;
  const buckets = [...BUCKETS_MS, Infinity].map((upTo, at) => {
    count += numbers[at] ?? 0;
    const end = upTo === Infinity ? '+Inf' : open ? upTo.toFixed(1) : String(upTo);
    const others = labels === '' ? '' : `${labels},`;
    return sample(`${name}_bucket`, `${others}le="${end}"`, count);
  });
  const sum = sample(`${name}_sum`, labels, numbers[BUCKETS_MS.length + 1] ?? 0);
  return [...buckets, sum, sample(`${name}_count`, labels, count)];
}

const sample = (name: string, labels: string, value: number) =>
  `${name}${labels === '' ? '' : `{${labels}}`} ${value}`;

/** Splits a series as formatted by `seriesOf`. */
function partsOf(series: string): { name: string; labels: string } {
  const at = series.indexOf('{');
  return at < 0
    ? { name: series, labels: '' }
    : { name: series.slice(0, at), labels: series.slice(at + 1, -1) };
}

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/** Content negotiation (RFC 9110 12.5.1) between the two formats. */
function prefersOpenMetrics(accept: string): boolean {
  let open = 0;
  let plain = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const valueOf = (name: string) =>
      parameters.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
    const weight = Number(valueOf('q') ?? 1);
    if (type === 'text/plain') plain = Math.max(plain, weight);
    if (type === 'application/openmetrics-text' && (valueOf('version') ?? '1.0.0') === '1.0.0') {
      open = Math.max(open, weight);
    }
  }
  return open > 0 && open >= plain;
}
