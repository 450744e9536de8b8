/** Loads the texts of a language from the static assets: only English is part of the Worker's code. */
import { nearestLanguage } from './choose.ts';
import { en } from './en/index.ts';
import { LANGUAGES, type LanguageTag } from './list.ts';
import type { Messages, Texts } from './messages.ts';

/** The messages of the language that is nearest to a tag; English where it cannot be loaded. */
export type LoadMessages = (tag: string) => Promise<Messages>;

export const english: Messages = { ...LANGUAGES[0], ...en };

interface LoaderOptions {
  assets: { fetch(url: string): Promise<Response> };
  onFailure(error: unknown, tag: LanguageTag): void;
}

export function createMessagesLoader({ assets, onFailure }: LoaderOptions): LoadMessages {
  // Messages, not promises of them: a request must not wait for another one, which may be cancelled.
  const loaded = new Map<LanguageTag, Messages>([[LANGUAGES[0].tag, english]]);
  return async (wanted) => {
    const language = languageOf(nearestLanguage(wanted));
    const known = loaded.get(language.tag);
    if (known !== undefined) return known;
    try {
      const texts = await readTexts(assets, language.tag);
      const messages = { ...language, ...texts };
      loaded.set(language.tag, messages);
      return messages;
    } catch (error) {
      onFailure(error, language.tag);
      return english;
    }
  };
}

const languageOf = (tag: LanguageTag | null) =>
  LANGUAGES.find((language) => language.tag === tag) ?? LANGUAGES[0];

/** The assets binding ignores the host. */
async function readTexts(assets: LoaderOptions['assets'], tag: LanguageTag): Promise<Texts> {
  const answer = await assets.fetch(`https://assets.local/languages/${tag}.json`);
  if (!answer.ok) throw new Error(`the asset languages/${tag}.json is missing`);
  return answer.json();
}
