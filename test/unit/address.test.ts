/** The address that an attempt counts against: an IPv4 address or an IPv6 /64, from CF-Connecting-IP. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, networkOf } from '../../src/http/address.ts';

describe('the network of an address', () => {
  it.each(['0.0.0.0', '192.0.2.1', '255.255.255.255'])('is IPv4 %s itself', (address) => {
    expect(networkOf(address)).toBe(address);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::', '2001:db8:1:3::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:0003:0004:0005:0006', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::ABCD', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8:0:0::/64'],
    ['2001:db8::5:0:0:0:1', '2001:db8:0:5::/64'],
    ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
    ['1::', '1:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::192.0.2.1', '0:0:0:0::/64'],
    ['::2:3:4:5:6:7:8', '0:2:3:4::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0000:0000:0000:0000:0000:FFFF:C000:0201', '192.0.2.1'],
    ['::ffff:0.0.0.0', '0.0.0.0'],
  ])('of the IPv4 address in %s is %s', (address, ipv4) => {
    expect(networkOf(address)).toBe(ipv4);
  });

  it.each([
    '',
    'unknown',
    'localhost',
    'example.com',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.4 ',
    '1.2.3.4\n',
    '0x7f.0.0.1',
    '1.2.3.4:80',
    '192.0.2.1, 192.0.2.2',
    '192.0.2.1, ::1',
    ':',
    ':::',
    '::1::',
    '::g',
    '12345::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3.4.5',
    '::256.0.0.1',
    '::1%eth0',
    'fe80::1%25eth0',
    '[::1]',
    '[::1]:80',
    '::1]:80',
    '::1/64',
    '::1, ::2',
    '::1 ::2',
    'javascript:alert(1)',
    'https://example.com/',
    '::1\u0000',
    '：：1',
    'x:y@evil.example/',
    'x@[::1',
    '::1]/?[',
    '::1]/../[::2',
    'a:b@c#',
    '::1\n',
    '20\t01:db8::1',
  ])('of %j is unknown', (garbage) => {
    expect(networkOf(garbage)).toBe('unknown');
  });
});

describe('the address of a request', () => {
  it.each([
    { name: 'comes from CF-Connecting-IP', headers: { 'CF-Connecting-IP': '192.0.2.1' } },
    { name: 'is trimmed', headers: { 'cf-connecting-ip': ' 192.0.2.1 ' } },
    {
      name: 'does not come from headers of the caller',
      headers: {
        'CF-Connecting-IP': '192.0.2.1',
        'X-Forwarded-For': '203.0.113.9',
        'X-Real-IP': '203.0.113.9',
        'True-Client-IP': '203.0.113.9',
        'CF-Connecting-IPv6': '2001:db8::1',
        Forwarded: 'for=203.0.113.9',
      },
    },
  ])('$name', ({ headers }) => {
    expect(addressOf(new Headers(headers))).toBe('192.0.2.1');
  });

  it.each(['X-Forwarded-For', 'X-Real-IP', 'True-Client-IP', 'Forwarded'])(
    'is unknown with only %s',
    (header) => {
      expect(addressOf(new Headers({ [header]: '203.0.113.9' }))).toBe('unknown');
    },
  );

  it('is unknown if CF-Connecting-IP comes twice', () => {
    const headers = new Headers({ 'CF-Connecting-IP': '192.0.2.1' });
    headers.append('CF-Connecting-IP', '203.0.113.9');
    expect(addressOf(headers)).toBe('unknown');
  });
});

interface Spelling {
  groups: readonly number[];
  /** The position of `::`, and the maximum number of zero groups that it replaces. */
  squeezeFrom: number;
  squeeze: number;
  upperCase: boolean;
  padded: boolean;
  dotted: boolean;
}

const anySpelling: fc.Arbitrary<Spelling> = fc.record({
  groups: fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff), fc.nat(0xf)), {
    minLength: 8,
    maxLength: 8,
  }),
  squeezeFrom: fc.nat(7),
  squeeze: fc.nat(8),
  upperCase: fc.boolean(),
  padded: fc.boolean(),
  dotted: fc.boolean(),
});

/** Writes an address in one of the ways of RFC 4291. */
function spell({ groups, squeezeFrom, squeeze, upperCase, padded, dotted }: Spelling): string {
  const hex = groups.map((group) => group.toString(16).padStart(padded ? 4 : 1, '0'));
  const [seventh = 0, eighth = 0] = groups.slice(6);
  const quad = [seventh >> 8, seventh & 255, eighth >> 8, eighth & 255].join('.');
  const parts = dotted ? [...hex.slice(0, 6), quad] : hex;
  const zeros = groups.slice(squeezeFrom, dotted ? 6 : 8).findIndex((group) => group !== 0);
  const run = zeros === -1 ? (dotted ? 6 : 8) - squeezeFrom : zeros;
  const length = Math.min(squeeze, run);
  const text =
    length < 1
      ? parts.join(':')
      : `${parts.slice(0, squeezeFrom).join(':')}::${parts.slice(squeezeFrom + length).join(':')}`;
  return upperCase ? text.toUpperCase() : text;
}

describe('any spelling of an IPv6 address', () => {
  it('gives its first four groups', () => {
    fc.assert(
      fc.property(anySpelling, (spelling) => {
        const { groups } = spelling;
        fc.pre(groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff);
        const network = groups.slice(0, 4).map((group) => group.toString(16));
        expect(networkOf(spell(spelling))).toBe(`${network.join(':')}::/64`);
      }),
      { numRuns: 2000 },
    );
    expect.hasAssertions();
  });

  it('gives the IPv4 address that is mapped in it', () => {
    fc.assert(
      fc.property(anySpelling, fc.ipV4(), (spelling, ipv4) => {
        const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
        const groups = [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d];
        expect(networkOf(spell({ ...spelling, groups }))).toBe(ipv4);
      }),
      { numRuns: 1000 },
    );
    expect.hasAssertions();
  });
});
