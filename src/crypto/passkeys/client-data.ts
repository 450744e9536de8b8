import { check, parse } from './flaw.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** CollectedClientData (WebAuthn Level 3, 5.8.1): the browser's account of the ceremony. */
interface ClientData {
  type: string;
  challenge: string;
  origin: string;
  /** The page was in a frame of another origin. */
  isCrossOrigin: boolean;
}

/** Reads clientDataJSON as sections 7.1 and 7.2 do. Members that it does not know are ignored. Throws a Flaw. */
export function readClientData(bytes: Uint8Array): ClientData {
  const json: unknown = parse(() => JSON.parse(UTF8.decode(bytes)));
  check(typeof json === 'object' && json !== null, 'malformed');
  const { type, challenge, origin, crossOrigin, topOrigin } = json as Record<string, unknown>;
  check(
    typeof type === 'string' && typeof challenge === 'string' && typeof origin === 'string',
    'malformed',
  );
  check(crossOrigin === undefined || typeof crossOrigin === 'boolean', 'malformed');
  const isCrossOrigin = crossOrigin === true || topOrigin !== undefined;
  return { type, challenge, origin, isCrossOrigin };
}
