import { expect, it } from 'vitest';
import { readProfile, type ProfileInput } from '../../src/policy/profile-rules.ts';

const url = (length: number) => `https://a.example/${'p'.repeat(length - 18)}`;

it.each<[ProfileInput, object]>([
  [{}, {}],
  [{ name: undefined, bio: 'Builds' }, { bio: 'Builds' }],
  [{ name: '  Zoë 👩‍👩‍👧 ' }, { name: 'Zoë 👩‍👩‍👧' }],
  [{ name: 'n'.repeat(100) }, { name: 'n'.repeat(100) }],
  [{ bio: 'Builds\r\nbridges\n' }, { bio: 'Builds\nbridges' }],
  [{ bio: 'b'.repeat(1_000) }, { bio: 'b'.repeat(1_000) }],
  [{ avatar: 'HTTPS://a.example/x y'.replace(' ', '%20') }, { avatar: 'HTTPS://a.example/x%20y' }],
  [{ avatar: url(2_048) }, { avatar: url(2_048) }],
  [{ language: 'DE-at' }, { language: 'de-AT' }],
  [{ language: 'en-u-ca-gregory' }, { language: 'en-u-ca-gregory' }],
  [
    { name: null, avatar: '', bio: ' \n' },
    { name: null, avatar: null, bio: null },
  ],
])('stores %j as %j', (input, change) => {
  expect(readProfile(input)).toEqual({ change, violations: [] });
});

const TAG = 'Language must be a tag such as "en" or "de-AT"';
const HTTPS = 'Avatar must be an https URL';

it.each<[ProfileInput, string]>([
  [{ name: 'n'.repeat(101) }, 'Name must be at most 100 characters'],
  [{ name: 'two\nlines' }, 'Name must not have control characters'],
  [{ name: 'nul\0' }, 'Name must not have control characters'],
  [{ name: 'half \uD800' }, 'Name must not have control characters'],
  [{ name: 'a\u2028b' }, 'Name must not have control characters'],
  [{ bio: 'b'.repeat(1_001) }, 'Bio must be at most 1000 characters'],
  [{ bio: 'tab\tbed' }, 'Bio must not have control characters'],
  [{ avatar: url(2_049) }, 'Avatar must be at most 2048 characters'],
  [{ avatar: 'http://a.example/x' }, HTTPS],
  [{ avatar: 'javascript:alert(1)' }, HTTPS],
  [{ avatar: 'data:image/png;base64,AA==' }, HTTPS],
  [{ avatar: '//a.example/x' }, HTTPS],
  [{ avatar: 'https://' }, HTTPS],
  [{ avatar: 'https://a.example/x\ty' }, HTTPS],
  [{ avatar: 'https://a.example/x y' }, HTTPS],
  [{ avatar: 'https://bank.example@a.example/x' }, HTTPS],
  [{ avatar: 'https://:secret@a.example/x' }, HTTPS],
  [{ language: null }, TAG],
  [{ language: '' }, TAG],
  [{ language: 'not a tag' }, TAG],
  [{ language: 'de_AT' }, TAG],
  [{ language: `en-${'x-'.repeat(20)}y` }, 'Language must be at most 35 characters'],
])('refuses %j', (input, message) => {
  const [field] = Object.keys(input);
  expect(readProfile(input)).toEqual({ change: {}, violations: [{ field, message }] });
});

it('names every field at fault', () => {
  const { violations } = readProfile({ name: '\0', avatar: 'x', bio: '\0', language: 'x' });
  expect(violations.map(({ field }) => field)).toEqual(['name', 'avatar', 'bio', 'language']);
});
