/** The choice of the page's language. */

/** Takes the fragment, which may hold a link's token, along to the page in another language. */
export function keepFragment(): void {
  const { hash } = location;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('#languages a')) {
    // At the click, so that the token stands in no link before.
    link.addEventListener('click', () => {
      link.hash = hash;
    });
  }
}
