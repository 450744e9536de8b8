/// <reference types="vite/types/importMeta.d.ts" />
/** The published OpenAPI documents; golden.test.ts checks the answers against them. */
import { describe, expect, it } from 'vitest';
import { contractCases, createTestApp } from '../support/test-app.ts';

const documents = import.meta.glob<object>('../../docs/api/*.json', {
  eager: true,
  import: 'default',
});

describe.each(contractCases)('$name', ({ name, contract }) => {
  it('serves its generated document', async () => {
    const { status, headers, text } = await createTestApp().fetch(`/openapi/${name}.json`);
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toBe('application/json');
    expect(headers.get('Cache-Control')).toBe('public, max-age=300');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(JSON.parse(text)).toEqual(documents[`../../docs/api/${name}.json`]);
    expect(JSON.parse(text)).toHaveProperty(['paths', `${contract.base}/login`, 'post']);
  });

  it('answers 404 for its document unless the contract is listed', async () => {
    const other = contractCases.find((other) => other.name !== name);
    const only = createTestApp({ CONTRACTS: [other?.name] });
    expect((await only.fetch(`/openapi/${name}.json`)).status).toBe(404);
  });
});

it.each(['email-cookie.yaml', 'nothing.json', '..%2f..%2fwrangler.toml', 'email-cookie.json/'])(
  'serves nothing at /openapi/%s',
  async (file) => {
    expect((await createTestApp().fetch(`/openapi/${file}`)).status).toBe(404);
    expect((await createTestApp().fetch(`/${file}`)).status).toBe(404);
  },
);
