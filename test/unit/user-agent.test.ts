import { expect, it } from 'vitest';
import { describeUserAgent } from '../../src/policy/user-agent.ts';

const APPLE = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0';
const IPHONE = `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${APPLE}`;
const IPAD = `Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) ${APPLE}`;
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const PHONE = 'Mozilla/5.0 (Linux; Android 10; K)';

it.each([
  [`${MAC} ${APPLE} Version/18.6 Safari/605.1.15`, 'Safari on macOS'],
  [`${IPHONE} Version/18.6 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
  [`${IPAD} Version/17.7 Mobile/15E148 Safari/604.1`, 'Safari on iPad'],
  [`${LINUX} ${CHROME} Safari/537.36`, 'Chrome on Linux'],
  [`${LINUX} ${CHROME.replace('Chrome', 'HeadlessChrome')} Safari/537.36`, 'Chrome on Linux'],
  [`${MAC} ${CHROME} Safari/537.36`, 'Chrome on macOS'],
  [`${PHONE} ${CHROME} Mobile Safari/537.36`, 'Chrome on Android'],
  [`${IPHONE} CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone'],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36`, 'Chrome on ChromeOS'],
  [`${WINDOWS} ${CHROME} Safari/537.36 Edg/140.0.0.0`, 'Edge on Windows'],
  [`${MAC} ${CHROME} Safari/537.36 Edg/140.0.0.0`, 'Edge on macOS'],
  [`${PHONE} ${CHROME} Mobile Safari/537.36 EdgA/140.0.0.0`, 'Edge on Android'],
  [`${IPHONE} Version/18.0 EdgiOS/140.3485.54 Mobile/15E148 Safari/604.1`, 'Edge on iPhone'],
  [`${WINDOWS} ${CHROME} Safari/537.36 Edge/18.19042`, 'Edge on Windows'],
  [`${WINDOWS} ${CHROME} Safari/537.36 OPR/122.0.0.0`, 'Opera on Windows'],
  [`${PHONE} ${CHROME} Mobile Safari/537.36 OPR/91.0.0.0`, 'Opera on Android'],
  [`${IPHONE} Version/18.6 Mobile/15E148 Safari/604.1 OPT/6.1.0`, 'Opera on iPhone'],
  ['Opera/9.80 (Android; Opera Mini/36.2/191.0; U; en) Presto/2.12.423', 'Opera on Android'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  ['Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0', 'Firefox on Android'],
  [`${IPHONE} FxiOS/143.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone'],
  [`${IPAD} FxiOS/143.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPad'],
  [
    'Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    'Samsung Internet on Android',
  ],
  ['curl/8.5.0', 'curl'],
  ['<script>alert(1)</script>', 'Unknown device'],
  ['', 'Unknown device'],
  [null, 'Unknown device'],
])('%j is %s', (userAgent, device) => {
  expect(describeUserAgent(userAgent)).toBe(device);
});
