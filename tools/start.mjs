/** `npm start`: installs what is missing, then hands over to tools/dev.ts on the installed Node. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, installIfMissing, root } from './install.mjs';

installIfMissing();

const dev = spawn('node', [join(root, 'tools', 'dev.ts'), ...process.argv.slice(2)], {
  cwd: root,
  env: environment,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
// A terminal sends Ctrl-C to the child as well; a second signal does it no harm.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => dev.kill(signal));
dev.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
