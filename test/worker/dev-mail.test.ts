import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { createPages } from '../../src/pages/pages.tsx';
import type { PagesDependencies } from '../../src/pages/render.ts';
import { plainBrand } from '../fixtures/brand.ts';
import { loadMessages } from '../fixtures/messages.ts';
import { createTestApp, deployed } from '../support/test-app.ts';

describe('/dev/mail', () => {
  const mails = {
    list: async () => [
      { id: 'a', to: 'a@example.com', subject: 'Older', text: 'Your code: 123456', atMs: 1 },
      {
        id: 'b',
        to: '<b>@example.com',
        subject: '<script>alert(1)</script>',
        text: 'Go to https://gatehouse.example/reset#token=abc now, not to javascript:alert(2).',
        atMs: 2,
      },
    ],
  };
  const pagesWith = (own: Partial<PagesDependencies>) =>
    createPages({
      contracts,
      allowedOrigins: [],
      brand: plainBrand,
      passwordRules: { least: 8, most: 256, messages: {} as never },
      offersSecondFactor: true,
      offersPasskeysAt: () => true,
      assets: env.ASSETS,
      ownsPath: () => false,
      loadMessages,
      contractAt: () => contracts[0] as (typeof contracts)[number],
      reportForm: () => undefined,
      answer: async () => new Response(null, { status: 404 }),
      mails: null,
      ...own,
    });

  it('does not exist in a deployment, nor where there is no mail to read', async () => {
    expect((await createTestApp(deployed).fetch('/dev/mail')).status).toBe(404);
    expect((await pagesWith({}).request('/dev/mail')).status).toBe(404);
  });

  it('shows codes to take and links to follow, newest first, and no markup', async () => {
    const answer = await pagesWith({ mails }).request('https://gatehouse.example/dev/mail');
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).toContain('<code class="code">123456</code>');
    expect(text).toContain('<a href="https://gatehouse.example/reset#token=abc">');
    expect(text).not.toContain('href="javascript');
    expect(text).not.toContain('<script>alert');
    expect(text.indexOf('alert(1)')).toBeLessThan(text.indexOf('Older'));
  });
});
