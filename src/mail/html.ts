/** HTML that is escaped by construction: what is put into the template is text, unless it is HTML. */

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Good for text and for quoted attributes. */
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');

type Part = string | Html | readonly Html[];

const rendered = (part: Part): string => {
  if (typeof part === 'string') return escaped(part);
  return part instanceof Html ? part.text : part.map(({ text }) => text).join('');
};

export const html = (cooked: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(String.raw({ raw: cooked }, ...parts.map(rendered)));
