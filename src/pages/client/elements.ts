/** Makes elements with text, which never becomes markup. */
export function createElement(name: string, text: string, className = ''): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  if (className !== '') element.className = className;
  return element;
}

/** Facts in one line, each in its own direction: an address stays one in a page from right to left. */
export function createFacts(facts: readonly string[]): HTMLElement {
  const line = createElement('p', '', 'hint');
  const parts = facts.flatMap((fact, index) => [
    ...(index === 0 ? [] : [' · ']),
    createElement('bdi', fact),
  ]);
  line.append(...parts);
  return line;
}

/** A button in a row of a list. `name`: its accessible name, which says the row as well. */
export function createRowButton(text: string, name: string): HTMLButtonElement {
  const button = createElement('button', text, 'quiet') as HTMLButtonElement;
  button.type = 'button';
  button.setAttribute('aria-label', name);
  return button;
}

/** One click at a time. */
export function onClick(button: HTMLElement, act: () => Promise<void>): void {
  button.addEventListener('click', async () => {
    if (button.ariaDisabled === 'true') return;
    button.ariaDisabled = 'true';
    await act();
    button.ariaDisabled = 'false';
  });
}
