/**
 * `npm run openapi` writes the OpenAPI documents of the contracts and of the admin API to docs/api: YAML
 * for readers, JSON to be served at `/openapi/<contract>.json` and `/openapi/admin.json`. With `--check`
 * it writes nothing, and fails if a file is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { contracts } from '../../src/contracts/index.ts';
import { readArguments } from '../command-line.ts';
import { root } from '../install.mjs';
import { adminDocument } from './admin.ts';
import { openApiDocument } from './document.ts';
import type { Golden } from './requests.ts';

const { values } = readArguments('npm run openapi -- [--check]', {
  options: { check: { type: 'boolean' } },
});
const directory = join(root, 'docs', 'api');
let stale = 0;

for (const contract of contracts) {
  const { name } = contract;
  const golden = join(root, 'test', 'golden', name, 'login.json');
  const login = existsSync(golden) ? (JSON.parse(readFileSync(golden, 'utf8')) as Golden) : null;
  const document = openApiDocument(contract, login);
  put(`${name}.yaml`, stringify(document, { aliasDuplicateObjects: false }));
  put(`${name}.json`, `${JSON.stringify(document)}\n`);
}
const admin = adminDocument();
put('admin.yaml', stringify(admin, { aliasDuplicateObjects: false }));
put('admin.json', `${JSON.stringify(admin)}\n`);
if (stale > 0) {
  console.error('Run `npm run openapi` and commit what it writes.');
  process.exit(1);
}

function put(file: string, content: string): void {
  const path = join(directory, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
  if (values.check === true) {
    stale += 1;
    console.error(`docs/api/${file} is stale.`);
    return;
  }
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, content);
  console.log(`Wrote docs/api/${file}.`);
}
