/** The API reference: Swagger UI over the contracts' own documents, all of it from here. */
import type { FC } from 'hono/jsx';
import { Frame, type Surroundings } from './frame.tsx';
import { headersWith } from './policy.ts';

export interface PublishedDocument {
  name: string;
  url: string;
}

/** Swagger UI's own pictures are data in its style sheet. */
export const docsHeaders = (nonce: string) =>
  headersWith(nonce, [
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
  ]);

export const DocsPage: FC<{
  around: Surroundings;
  documents: readonly PublishedDocument[];
}> = ({ around, documents }) => {
  const { docs } = around.words;
  return (
    <Frame around={around} title={docs.title} files="docs" wide>
      <h1 id="title">{docs.title}</h1>
      <noscript>
        <p>{docs.scriptsOff}</p>
      </noscript>
      <div id="reference" lang="en" data-documents={JSON.stringify(documents)} />
    </Frame>
  );
};
