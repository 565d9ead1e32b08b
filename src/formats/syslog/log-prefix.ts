/** What a firewall's rule did, from the words that its administrator put before the packet: `DROP-INVALID`, `[UFW BLOCK]`, `FINAL_REJECT:`. */
import { ACTION_ALLOWED, ACTION_DENIED, ACTION_UNKNOWN } from "../../model/observation.ts";
import { ascii } from "../text/fields.ts";

const OPEN = 91;
const CLOSE = 93;
const MINUS = 45;
const SPACE = 32;
const LETTER_A = 97;
const LETTER_D = 100;
const LETTER_R = 114;

/** Beginnings of words, in lower case: `den` is not among them, `deny` and `denied` are. */
const DENYING = ["drop", "deny", "denied", "block", "reject", "refus", "discard"].map(ascii);
const ALLOWING = ["accept", "allow", "permit", "pass"].map(ascii);

/**
 * The action that the words in `bytes[start, end)` name, or ACTION_UNKNOWN. The last word counts (firewalld writes
 * `filter_FWD_policy_allow-host_DROP`), but a word that allows never outweighs one before it that denies.
 */
export function actionOfPrefix(bytes: Uint8Array, start: number, end: number): number {
  let action = ACTION_UNKNOWN;
  let at = start;
  while (at < end) {
    if (!isLetter(bytes[at]!)) {
      at++;
      continue;
    }
    let next = at + 1;
    while (next < end && isLetter(bytes[next]!)) next++;
    if (next - at >= 4) {
      const word = actionOfWord(bytes, at, next);
      if (word === ACTION_DENIED) action = ACTION_DENIED;
      else if (word === ACTION_ALLOWED) action = action === ACTION_DENIED ? ACTION_UNKNOWN : ACTION_ALLOWED;
    }
    at = next;
  }
  return action === ACTION_UNKNOWN ? actionOfBracket(bytes, start, end) : action;
}

function actionOfWord(bytes: Uint8Array, start: number, end: number): number {
  switch (bytes[start]! | 0x20) {
    case 97: // a
    case 112: // p
      return begins(bytes, start, end, ALLOWING) ? ACTION_ALLOWED : ACTION_UNKNOWN;
    case 98: // b
    case 100: // d
    case 114: // r
      return begins(bytes, start, end, DENYING) ? ACTION_DENIED : ACTION_UNKNOWN;
    default:
      return ACTION_UNKNOWN;
  }
}

function begins(bytes: Uint8Array, start: number, end: number, words: readonly Uint8Array[]): boolean {
  for (const word of words) {
    if (end - start < word.length) continue;
    let i = 0;
    while (i < word.length && (bytes[start + i]! | 0x20) === word[i]) i++;
    if (i === word.length) return true;
  }
  return false;
}

/** Vyatta, EdgeOS and UniFi write the rule with its action as a letter: `[WAN_LOCAL-default-D]`, `[WAN_LOCAL-D-4001]`. */
function actionOfBracket(bytes: Uint8Array, start: number, end: number): number {
  let close = end - 1;
  while (close > start && bytes[close] === SPACE) close--;
  if (close - start < 3 || bytes[close] !== CLOSE) return ACTION_UNKNOWN;
  for (let at = close - 1; at > start && bytes[at] !== OPEN; at--) {
    const last = at === close - 1;
    if (bytes[at - 1] !== MINUS || !(last || bytes[at + 1] === MINUS)) continue;
    const letter = bytes[at]! | 0x20;
    if (letter === LETTER_D || letter === LETTER_R) return ACTION_DENIED;
    if (letter === LETTER_A) return ACTION_ALLOWED;
  }
  return ACTION_UNKNOWN;
}

function isLetter(code: number): boolean {
  const letter = code | 0x20;
  return letter >= 97 && letter <= 122;
}
