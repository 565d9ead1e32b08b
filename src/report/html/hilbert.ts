/**
 * Places IPv4 networks on a Hilbert curve, on which neighbours in number are neighbours on the map and every block of even prefix length is a
 * square. Sources: xkcd 195 (map of the Internet), Warren, Hacker's Delight 2nd ed. §16 (the curve).
 */

/** A square part of the address space: `network` as a 32-bit integer, `bits` even. */
export interface Block {
  readonly network: number;
  readonly bits: number;
}

/** The map never zooms in further than this, so that one /24 is still seen in its surroundings. Bits, even. */
const CLOSEST_BITS = 16;

/** The smallest block of even prefix length that holds all the networks (32-bit integers). */
export function enclosingBlock(networks: readonly number[]): Block {
  let low = 0xffffffff;
  let high = 0;
  for (const network of networks) {
    low = Math.min(low, network >>> 0);
    high = Math.max(high, network >>> 0);
  }
  if (networks.length === 0) return { network: 0, bits: 0 };
  const common = Math.clz32((low ^ high) >>> 0);
  const bits = Math.min(CLOSEST_BITS, common - (common % 2));
  return { network: prefixOf(low, bits), bits };
}

/**
 * Where a network lies inside the block when that is drawn `2 ** order` cells wide: column and row from the top left.
 * The block keeps the direction that it has on the map of the whole address space.
 */
export function cellOf(block: Block, network: number, order: number): { x: number; y: number } {
  const level = block.bits / 2 + order;
  const cell = curvePosition(level === 0 ? 0 : (network >>> 0) / 2 ** (32 - 2 * level), level);
  const corner = curveCorner(block);
  const size = 2 ** order;
  return { x: cell.x - corner.x * size, y: cell.y - corner.y * size };
}

/** The network's prefix of `bits`. */
export function prefixOf(network: number, bits: number): number {
  return bits === 0 ? 0 : (network & (-1 << (32 - bits))) >>> 0;
}

function curveCorner(block: Block): { x: number; y: number } {
  const level = block.bits / 2;
  return curvePosition(level === 0 ? 0 : block.network / 2 ** (32 - 2 * level), level);
}

/** Position of the `distance`th cell of a curve of 4 ** level cells; read from the leading digit down, so that every zoom agrees. */
function curvePosition(distance: number, level: number): { x: number; y: number } {
  let x = 0;
  let y = 0;
  let swap = false;
  let flip = false;
  const whole = Math.floor(distance);
  for (let digit = level - 1; digit >= 0; digit--) {
    const quadrant = Math.floor(whole / 4 ** digit) % 4;
    let right = quadrant >= 2 ? 1 : 0;
    let down = quadrant === 1 || quadrant === 2 ? 1 : 0;
    if (swap) [right, down] = [down, right];
    if (flip) {
      right = 1 - right;
      down = 1 - down;
    }
    x = x * 2 + right;
    y = y * 2 + down;
    if (quadrant === 0) swap = !swap;
    else if (quadrant === 3) {
      swap = !swap;
      flip = !flip;
    }
  }
  return { x, y };
}
