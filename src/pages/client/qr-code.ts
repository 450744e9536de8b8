/** Draws QR codes. Elements are made one by one: no text becomes markup (Trusted Types). */
import { encode } from 'uqr';

const SVG = 'http://www.w3.org/2000/svg';
/** ISO/IEC 18004 asks for four light modules around the symbol. */
const QUIET_ZONE = 4;

export function drawQrCode(text: string, label: string): SVGElement {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const path = document.createElementNS(SVG, 'path');
  const modules = data.flatMap((row, y) =>
    row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')),
  );
  path.setAttribute('d', modules.join(''));
  svg.append(path);
  return svg;
}
