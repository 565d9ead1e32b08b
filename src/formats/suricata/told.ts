/**
 * What has been told of flows before their flow event: Suricata logs a packet's alert or drop at once, and counts the same packet again
 * in the event of its flow, when that ends. So:
 * - a drop event is a row at once (it says most about the packet), and its packet is taken off the flow event's count;
 * - an alert waits for the flow event, which knows more (flags, both directions) and takes the alert's verdict with it. Where none comes
 *   within {@link PATIENCE}, or too many wait, the alert becomes a row by itself. Where flows are not logged at all, it does so at once.
 */
import type { AddressField } from "../text/address-field.ts";

/** Longest that an alert waits, seconds of the log: flows of a packet or two end after 30 (UDP) or 60 (TCP) by Suricata's default. */
const PATIENCE = 120;
/** Most flows that are remembered: 1 MB. */
const MOST_FLOWS = 8192;
/** After so many alerts whose flow event never came, and not one flow event at all, alerts wait no more. */
const ENOUGH = 32;

/** An address kept aside. */
export interface KeptAddress {
  readonly family: 4 | 6;
  readonly four: number;
  readonly six: readonly [number, number, number, number];
}

/** A packet that an alert was about. */
export interface Alerted {
  readonly time: number;
  readonly source: KeptAddress;
  readonly destination: KeptAddress;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly icmpType: number;
  readonly icmpCode: number;
}

/** What is remembered of a flow. */
export interface Told {
  /** Log time of the first event of it. */
  readonly since: number;
  /** Who sent what was counted: port and address (its 32 bits or a hash); the peer's packets are counted apart. */
  readonly sender: string;
  counted: number;
  countedOfPeer: number;
  /** The device blocked packets of the flow. */
  denied: boolean;
  /** The alert that waits, packets of its sender that had one, and when the last of them came. */
  alert: Alerted | null;
  alerts: number;
  lastAlert: number;
  /** Whose packet was told last, to know further events about the same. */
  lastSender: string;
  lastTime: number;
}

/** Remembers flows, the oldest forgotten first. */
export class ToldFlows {
  readonly #flows = new Map<number, Told>();
  readonly #release: (told: Told, alert: Alerted) => void;
  #flowEvents = false;
  #unmatched = 0;
  /** Alerts that waited when it showed that flows are not logged have been handed over. */
  #gaveUp = false;

  /** @param release is handed alerts that wait no longer. */
  constructor(release: (told: Told, alert: Alerted) => void) {
    this.#release = release;
  }

  /** Whether alerts have to wait for flow events. */
  get waits(): boolean {
    return this.#flowEvents || this.#unmatched < ENOUGH;
  }

  /** What is known of a flow at log time `now`; made where it is new. */
  of(id: number, sender: string, now: number): Told {
    const known = this.#flows.get(id);
    if (known !== undefined) return known;
    for (const [oldest, told] of this.#flows) {
      if (this.#flows.size < MOST_FLOWS && now - told.since <= PATIENCE) break;
      this.#flows.delete(oldest);
      this.#letGo(told);
    }
    if (!this.waits && !this.#gaveUp) {
      this.#gaveUp = true;
      for (const told of this.#flows.values()) this.#letGo(told);
    }
    const told: Told = {
      since: now,
      sender,
      counted: 0,
      countedOfPeer: 0,
      denied: false,
      alert: null,
      alerts: 0,
      lastAlert: 0,
      lastSender: "",
      lastTime: -1,
    };
    this.#flows.set(id, told);
    return told;
  }

  /** What is known of the flow whose own event came: forgotten with this call. */
  ended(id: number): Told | undefined {
    this.#flowEvents = true;
    if (this.#flows.size === 0) return undefined;
    const told = this.#flows.get(id);
    if (told !== undefined) this.#flows.delete(id);
    return told;
  }

  /** What is known of the flow, kept: one direction of it came. */
  directionEnded(id: number): Told | undefined {
    this.#flowEvents = true;
    return this.#flows.size === 0 ? undefined : this.#flows.get(id);
  }

  /** Hands over all alerts that still wait: the input is over. */
  releaseAll(): void {
    for (const told of this.#flows.values()) this.#letGo(told);
    this.#flows.clear();
  }

  #letGo(told: Told): void {
    if (told.alert === null) return;
    if (!this.#flowEvents) this.#unmatched++;
    this.#release(told, told.alert);
    told.alert = null;
  }
}

/** A copy of an address, since fields are reused. */
export function keep(address: AddressField): KeptAddress {
  const { four, six } = address;
  return { family: address.family === 6 ? 6 : 4, four, six: [six[0]!, six[1]!, six[2]!, six[3]!] };
}

/** A sender's name in {@link Told}. */
export function senderName(address: AddressField, port: number): string {
  return address.family === 6 ? `${address.six.join(".")} ${port}` : `${address.four} ${port}`;
}
