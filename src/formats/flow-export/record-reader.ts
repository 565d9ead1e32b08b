/** Reads the fields of one data record into slots, by a plan. */
import { READ_ADDRESS6, READ_DOUBLE, READ_NTP, READ_SECTION, SLOT_SOURCE6, SLOTS } from "./elements.ts";
import { OP_ADDRESS6, OP_DOUBLE, OP_FLOAT, OP_NTP, OP_SECTION, OP_U16, OP_U32, OP_U64, OP_U8, OP_UNSIGNED, type Plan } from "./plan.ts";

/** Seconds from 1900 (NTP's epoch) to 1970. */
const NTP_TO_UNIX = 2_208_988_800;
/** Microseconds since 1970 stay below this until 2112; nanoseconds are above it. */
const MOST_MICROSECONDS = 4.5e15;
const WORD = 0x1_0000_0000;
/** RFC 7011 §7: this length octet is followed by two that tell it. */
const LONG_LENGTH = 255;

/** The fields of the record at hand. */
export class RecordReader {
  /** Values by slot; times of NTP's form in seconds since 1970. What the plan does not read is zero. */
  readonly values: Float64Array = new Float64Array(SLOTS);
  /** The IPv6 source in words 0–3, the destination in 4–7. */
  readonly words: Uint32Array = new Uint32Array(8);

  /** To be called before the first record of each set: values of the plan before must not be left. */
  clear(): void {
    this.values.fill(0);
    this.words.fill(0);
  }

  /** Reads the fixed record at `at`, which is whole. */
  readFixed(plan: Plan, view: DataView, at: number): void {
    const { values } = this;
    const { fields, offset, operation, slot } = plan;
    for (let i = 0; i < fields; i++) {
      const place = at + offset[i]!;
      switch (operation[i]!) {
        case OP_U8:
          values[slot[i]!] = view.getUint8(place);
          break;
        case OP_U16:
          values[slot[i]!] = view.getUint16(place);
          break;
        case OP_U32:
          values[slot[i]!] = view.getUint32(place);
          break;
        case OP_U64:
          values[slot[i]!] = view.getUint32(place) * WORD + view.getUint32(place + 4);
          break;
        default:
          this.#read(operation[i]!, slot[i]!, view, place, plan.octets[i]!);
      }
    }
  }

  /** Reads the record at `at`, whose fields tell their lengths, and returns where it ends, or -1 where it is not whole before `end`. */
  readVariable(plan: Plan, view: DataView, at: number, end: number): number {
    const { walkLength, walkSlot, walkReading } = plan;
    let place = at;
    for (let i = 0; i < walkLength.length; i++) {
      let length = walkLength[i]!;
      if (length < 0) {
        if (place >= end) return -1;
        length = view.getUint8(place++);
        if (length === LONG_LENGTH) {
          if (end - place < 2) return -1;
          length = view.getUint16(place);
          place += 2;
        }
      }
      if (length > end - place) return -1;
      const slot = walkSlot[i]!;
      if (slot >= 0) {
        const operation = operationFor(walkReading[i]!, length);
        if (operation < 0) this.values[slot] = 0;
        else this.#read(operation, slot, view, place, length);
      }
      place += length;
    }
    return place;
  }

  #read(operation: number, slot: number, view: DataView, at: number, length: number): void {
    const { values } = this;
    switch (operation) {
      case OP_UNSIGNED: {
        let value = 0;
        for (let i = 0; i < length; i++) value = value * 256 + view.getUint8(at + i);
        values[slot] = value;
        break;
      }
      case OP_ADDRESS6: {
        const { words } = this;
        const first = slot === SLOT_SOURCE6 ? 0 : 4;
        for (let i = 0; i < 4; i++) words[first + i] = view.getUint32(at + 4 * i);
        break;
      }
      case OP_NTP:
        values[slot] = ntpSeconds(view.getUint32(at), view.getUint32(at + 4));
        break;
      case OP_DOUBLE:
        values[slot] = view.getFloat64(at);
        break;
      case OP_FLOAT:
        values[slot] = view.getFloat32(at);
        break;
      case OP_SECTION:
        values[slot] = at;
        values[slot + 1] = length;
        break;
      default:
        values[slot] = 0;
    }
  }
}

/** As `operationOf` in the plan, for a length that only the record told. */
function operationFor(reading: number, length: number): number {
  switch (reading) {
    case READ_ADDRESS6:
      return length === 16 ? OP_ADDRESS6 : -1;
    case READ_NTP:
      return length === 8 ? OP_NTP : -1;
    case READ_DOUBLE:
      return length === 8 ? OP_DOUBLE : length === 4 ? OP_FLOAT : -1;
    case READ_SECTION:
      return OP_SECTION;
    default:
      return length > 8 ? -1 : OP_UNSIGNED;
  }
}

/** Seconds since 1970 of an NTP time; of plain micro- or nanoseconds since 1970 where no NTP time since then begins so. */
function ntpSeconds(high: number, low: number): number {
  if (high >= NTP_TO_UNIX) return high - NTP_TO_UNIX + low / WORD;
  const plain = high * WORD + low;
  return plain < MOST_MICROSECONDS ? plain / 1e6 : plain / 1e9;
}
