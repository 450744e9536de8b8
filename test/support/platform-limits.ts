/**
 * Makes tests as strict as production: Workers refuse PBKDF2 above 100,000 iterations a call, and
 * the local runtime does not.
 */
const MOST_ITERATIONS = 100_000;
const { deriveBits } = crypto.subtle;

crypto.subtle.deriveBits = async function limited(...[algorithm, key, length]) {
  const iterations =
    typeof algorithm === 'object' && 'iterations' in algorithm ? algorithm.iterations : 0;
  if (Number(iterations) > MOST_ITERATIONS) {
    throw new DOMException(
      `Pbkdf2 failed: iteration counts above ${MOST_ITERATIONS} are not supported (requested ${iterations}).`,
      'NotSupportedError',
    );
  }
  return deriveBits.call(crypto.subtle, algorithm, key, length);
};
