/** `npm start`: installs what is missing, then hands over to tools/dev.ts on the installed Node. */
import { join } from 'node:path';
import { become } from './child.mjs';
import { environment, installIfMissing, root } from './install.mjs';

installIfMissing();
become('node', [join(root, 'tools', 'dev.ts'), ...process.argv.slice(2)], {
  cwd: root,
  env: environment,
  stdio: 'inherit',
});
