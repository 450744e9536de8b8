/** Runs wrangler, which is logged in at Cloudflare, and reads why it failed. */
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { root } from './install.mjs';

export interface Ended {
  ok: boolean;
  stdout: string;
  /** Of both streams, the sentence that names the error. Never the arguments, which may hold users. */
  problem: string;
}

/** npm puts the installed wrangler in front of the path; a process without npm finds it at the end. */
const environment = () => ({
  ...process.env,
  PATH: (process.env['PATH'] ?? '') + delimiter + join(root, 'node_modules', '.bin'),
  WRANGLER_SEND_METRICS: 'false',
});

export async function runWrangler(argv: readonly string[]): Promise<Ended> {
  try {
    const options = { cwd: root, env: environment(), maxBuffer: 2 ** 28 };
    const { stdout } = await promisify(execFile)('wrangler', argv, options);
    return { ok: true, stdout: stripVTControlCharacters(stdout), problem: '' };
  } catch (cause) {
    const { stdout = '', stderr = '', code } = cause as Partial<Record<string, string>>;
    const problem = problemIn(stripVTControlCharacters(`${stderr}\n${stdout}`));
    return { ok: false, stdout, problem: problem ?? `it ended with ${code}` };
  }
}

/** With `--json` the error is JSON, too. */
function problemIn(printed: string): string | null {
  const [, line] = /\[ERROR\] *(.*)/.exec(printed) ?? /"text": "(.*)"/.exec(printed) ?? [];
  return line === undefined ? null : line.trim().replace(/\.$/, '');
}
