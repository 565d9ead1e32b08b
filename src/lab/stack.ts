/** Operating systems' TCP as their SYN shows it: initial TTL, window and the order of options (p0f 3's signatures). */

export interface Stack {
  readonly name: string;
  readonly ttl: number;
  readonly window: number;
  readonly windowScale: number;
  readonly timestamps: boolean;
}

export const LINUX: Stack = { name: "Linux", ttl: 64, window: 64_240, windowScale: 7, timestamps: true };
export const WINDOWS: Stack = { name: "Windows", ttl: 128, window: 64_240, windowScale: 8, timestamps: false };
export const WINDOWS_XP: Stack = { name: "Windows XP", ttl: 128, window: 65_535, windowScale: 0, timestamps: false };
export const ANDROID: Stack = { name: "Android", ttl: 64, window: 65_535, windowScale: 9, timestamps: true };
export const STACKS: readonly Stack[] = [LINUX, WINDOWS, ANDROID];

/** Options of a SYN, or of a SYN-ACK that echoes the peer's clock. */
export function synOptions(stack: Stack, clock: number, echo = 0): Uint8Array {
  const mss = [2, 4, 0x05, 0xb4];
  if (stack.timestamps) return Uint8Array.of(...mss, 4, 2, ...timestamp(clock, echo), 1, 3, 3, stack.windowScale);
  if (stack.windowScale === 0) return Uint8Array.of(...mss, 1, 1, 4, 2);
  return Uint8Array.of(...mss, 1, 3, 3, stack.windowScale, 1, 1, 4, 2);
}

/** Options of every later segment. */
export function dataOptions(stack: Stack, clock: number, echo: number): Uint8Array {
  return stack.timestamps ? Uint8Array.of(1, 1, ...timestamp(clock, echo)) : new Uint8Array(0);
}

function timestamp(clock: number, echo: number): number[] {
  const word = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  return [8, 10, ...word(clock), ...word(echo)];
}
