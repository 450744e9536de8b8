/** The page for an address that is none. */
import type { FC } from 'hono/jsx';
import { Heading, Layout, type RenderContext } from './layout.tsx';

export const NotFoundPage: FC<{ context: RenderContext; signInPath: string }> = ({
  context,
  signInPath,
}) => {
  const { notFound } = context.messages;
  return (
    <Layout context={context} title={notFound.title}>
      <Heading title={notFound.title} intro={notFound.intro} />
      <nav>
        <a href={signInPath}>{notFound.signIn}</a>
      </nav>
    </Layout>
  );
};
