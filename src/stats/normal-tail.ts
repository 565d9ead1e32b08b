/** Upper tail of the normal distribution by its continued fraction (Abramowitz, Stegun, 26.2.14), as a logarithm. */

/** Terms of the fraction: enough for 1e-9 from z = 2 on. */
const TERMS = 60;

/** ln P(Z >= z) for z >= 2, where the fraction converges fast; below, the bound of z = 2. */
export function logNormalTail(z: number): number {
  const at = Math.max(2, z);
  let fraction = at;
  for (let term = TERMS; term >= 1; term--) fraction = at + term / fraction;
  return -(at * at) / 2 - Math.log(fraction) - Math.log(2 * Math.PI) / 2;
}
