/**
 * Crypto-PAn: addresses replaced so that two that share a prefix still share one of the same length, and nothing else is told (Xu, Fan,
 * Ammar and Moon, "Prefix-Preserving IP Address Anonymization", ICNP 2002). AES-128 as in the authors' implementation; IPv6 as others do it.
 */
import { type Cipheriv, createCipheriv, randomBytes, scryptSync } from "node:crypto";

/** Octets of a key: half for AES, half for the pad. */
export const KEY_BYTES = 32;
const BLOCK = 16;
/** Addresses whose blocks are encrypted at once: enough to hide the cost of a call, few enough for the cache. */
const IPV4_AT_ONCE = 256;
const IPV6_AT_ONCE = 64;

/** Cost of a passphrase: 2^15 takes about 0.1 s and 32 MiB (OWASP's least for scrypt is 2^17, for stored passwords; keys here are of one run). */
const SCRYPT = { N: 1 << 15, r: 8, p: 1, maxmem: 1 << 26 } as const;
/** The same words must give the same key everywhere, so that files of several people fit together. */
const SALT = "precursor crypto-pan 1";

/** A key that nobody knows: files anonymised with it fit together with no others. */
export function randomKey(): Uint8Array {
  return new Uint8Array(randomBytes(KEY_BYTES));
}

/** The key of a passphrase (scrypt, RFC 7914): whoever knows the words can undo the anonymisation. */
export function keyOfPassphrase(passphrase: string): Uint8Array {
  return new Uint8Array(scryptSync(passphrase.normalize("NFC"), SALT, KEY_BYTES, SCRYPT));
}

/** Maps addresses under one key. */
export class CryptoPan {
  readonly #cipher: Cipheriv;
  /** The pad as four words, as they stand in a block. */
  readonly #pad = new Uint32Array(4);
  readonly #blocks = new Uint8Array(Math.max(IPV4_AT_ONCE * 32, IPV6_AT_ONCE * 128) * BLOCK);
  readonly #words = new Uint32Array(this.#blocks.buffer);

  /** @throws RangeError where the key has not {@link KEY_BYTES} octets. */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new RangeError(`a Crypto-PAn key has ${KEY_BYTES} octets, not ${key.length}`);
    this.#cipher = createCipheriv("aes-128-ecb", key.subarray(0, BLOCK), null).setAutoPadding(false);
    const pad = this.#cipher.update(key.subarray(BLOCK));
    const view = new DataView(pad.buffer, pad.byteOffset, BLOCK);
    for (let i = 0; i < 4; i++) this.#pad[i] = networkOrder(view.getUint32(4 * i));
  }

  /** Replaces the first `count` IPv4 addresses of `addresses`. */
  mapIPv4(addresses: Uint32Array, count: number): void {
    for (let from = 0; from < count; from += IPV4_AT_ONCE) {
      const many = Math.min(IPV4_AT_ONCE, count - from);
      for (let i = 0; i < many; i++) this.#fillBlocks(addresses, from + i, 1, 32 * i);
      const encrypted = this.#encrypt(32 * many);
      for (let i = 0; i < many; i++) addresses[from + i] = (addresses[from + i]! ^ wordOf(encrypted, 32 * i)) >>> 0;
    }
  }

  /** Replaces the first `count` IPv6 addresses of `words`, four words each. */
  mapIPv6(words: Uint32Array, count: number): void {
    for (let from = 0; from < count; from += IPV6_AT_ONCE) {
      const many = Math.min(IPV6_AT_ONCE, count - from);
      for (let i = 0; i < many; i++) this.#fillBlocks(words, 4 * (from + i), 4, 128 * i);
      const encrypted = this.#encrypt(128 * many);
      for (let i = 0; i < many; i++) {
        for (let word = 0; word < 4; word++) {
          const at = 4 * (from + i) + word;
          words[at] = (words[at]! ^ wordOf(encrypted, 128 * i + 32 * word)) >>> 0;
        }
      }
    }
  }

  /** Writes a block for each prefix of the address at `words[at…]`, from none of its bits to all but the last: the rest are the pad's. */
  #fillBlocks(words: Uint32Array, at: number, length: number, block: number): void {
    const target = this.#words;
    const pad = this.#pad;
    let to = 4 * block;
    for (let split = 0; split < length; split++) {
      const own = networkOrder(words[at + split]!);
      for (let bit = 0; bit < 32; bit++, to += 4) {
        for (let word = 0; word < 4; word++) target[to + word] = word < split ? networkOrder(words[at + word]!) : pad[word]!;
        target[to + split] = (own & PREFIXES[bit]!) | (pad[split]! & ~PREFIXES[bit]!);
      }
    }
  }

  #encrypt(blocks: number): Uint8Array {
    return this.#cipher.update(this.#blocks.subarray(0, blocks * BLOCK));
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** A word so that its octets stand in memory with the greatest first. */
function networkOrder(word: number): number {
  if (!IS_LITTLE_ENDIAN) return word;
  return ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | (word << 24)) >>> 0;
}

/** Masks of the first 0 to 31 bits, as they stand in a block. */
const PREFIXES = Uint32Array.from({ length: 32 }, (_, bits) => networkOrder(~(0xffffffff >>> bits) >>> 0));

/** The first bits of 32 encrypted blocks as a word. */
function wordOf(encrypted: Uint8Array, block: number): number {
  let word = 0;
  for (let bit = 0; bit < 32; bit++) word = (word << 1) | (encrypted[BLOCK * (block + bit)]! >>> 7);
  return word;
}
