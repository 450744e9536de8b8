/** The API reference: Swagger UI with the contracts' OpenAPI documents, served from this origin. */
import type { FC } from 'hono/jsx';
import { imageSources } from './brand.tsx';
import { Layout, type RenderContext } from './layout.tsx';
import { htmlHeaders } from './content-security-policy.ts';

interface PublishedDocument {
  name: string;
  url: string;
}

/** Swagger UI's style sheet contains its images as data URLs. */
export const docsHeaders = ({ nonce, brand }: RenderContext) =>
  htmlHeaders(nonce, [
    `style-src 'nonce-${nonce}'`,
    `img-src ${["'self'", 'data:', ...imageSources(brand)].join(' ')}`,
    "connect-src 'self'",
    "form-action 'none'",
  ]);

export const DocsPage: FC<{
  context: RenderContext;
  documents: readonly PublishedDocument[];
}> = ({ context, documents }) => {
  const { docs } = context.messages;
  return (
    <Layout context={context} title={docs.title} files="docs" wide>
      <h1 id="title">{docs.title}</h1>
      <noscript>
        <p>{docs.scriptsOff}</p>
      </noscript>
      <div id="reference" lang="en" data-documents={JSON.stringify(documents)} />
    </Layout>
  );
};
