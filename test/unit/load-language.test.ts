/** Loading the texts of a language: once, and English where that fails. */
import { expect, it } from 'vitest';
import { createMessagesLoader, english } from '../../src/languages/load.ts';

const german = { scriptsOff: 'JavaScript bitte.' };

/** Creates a loader whose reads end with `outcomes`: an error is thrown, a response returned. */
function createLoader(outcomes: (Response | Error)[]) {
  const read: string[] = [];
  const failures: unknown[] = [];
  const load = createMessagesLoader({
    assets: {
      async fetch(url) {
        read.push(url);
        const outcome = outcomes.shift();
        if (outcome instanceof Response) return outcome;
        throw outcome ?? new Error('nothing to read');
      },
    },
    onFailure: (error, tag) => void failures.push([tag, String(error)]),
  });
  return { load, read, failures };
}

it.each(['en', 'en-GB', 'xx', '', 'not a tag'])('reads nothing for %j: English', async (tag) => {
  const { load, read, failures } = createLoader([]);
  expect(await load(tag)).toBe(english);
  expect([read, failures]).toEqual([[], []]);
});

it('reads a language once, under its own tag', async () => {
  const { load, read } = createLoader([Response.json(german)]);
  const expected = { tag: 'de', dir: 'ltr', name: 'Deutsch', ...german };
  expect([await load('de-AT'), await load('de')]).toEqual([expected, expected]);
  expect(read).toEqual(['https://assets.local/languages/de.json']);
});

it.each([
  ['cannot be fetched', new Error('away'), 'Error: away'],
  ['is missing', new Response('', { status: 404 }), 'languages/fa.json is missing'],
  ['is no JSON', new Response('<!doctype html>'), 'SyntaxError'],
])('answers in English while a language %s, and tries again', async (_, outcome, error) => {
  const { load, failures } = createLoader([outcome, Response.json(german)]);
  expect(await load('fa')).toBe(english);
  expect(failures).toEqual([['fa', expect.stringContaining(error)]]);
  expect(await load('fa')).toMatchObject({ tag: 'fa', dir: 'rtl', ...german });
});
