/** Who is asking: network, country, special purpose, acknowledged scanner. Everything from local files; nothing is asked of the network. */
import type { AddressLabels } from "../model/label.ts";
import { acknowledgedLabel, type LabelContext } from "./acknowledged.ts";
import { ACKNOWLEDGED_DATE, ACKNOWLEDGED_LIST } from "./acknowledged-table.ts";
import { type DataList, Networks } from "./network.ts";
import { SPECIAL_PURPOSE_DATE, SPECIAL_PURPOSE_LIST, specialPurpose } from "./special-purpose.ts";

export type { LabelContext } from "./acknowledged.ts";
export { leftAlone } from "./left-alone.ts";

export interface IntelOptions {
  /** Whether to look up networks and countries; false saves the 10 to 40 ms of opening them. Default true. */
  readonly networks?: boolean;
}

/** All lookups behind one door. Databases are opened at the first label, caches are bounded. */
export class Intel {
  readonly #wantsNetworks: boolean;
  #networks: Networks | null = null;

  private constructor(options: IntelOptions) {
    this.#wantsNetworks = options.networks ?? true;
  }

  /** Opens nothing yet, and never fails: what is missing gives null labels and is absent from {@link lists}. */
  static open(options: IntelOptions = {}): Intel {
    return new Intel(options);
  }

  /** What is known of an address (text), given what it was seen to do. Total: hash texts and nonsense give nulls. */
  label(address: string, context: LabelContext): AddressLabels {
    return {
      network: this.#database()?.label(address) ?? null,
      acknowledged: acknowledgedLabel(address, context),
      reserved: specialPurpose(address),
      reputation: null,
    };
  }

  /** The lists in use, with the date of their data and their licence. */
  lists(): readonly DataList[] {
    return [
      ...(this.#database()?.lists() ?? []),
      { list: ACKNOWLEDGED_LIST, date: ACKNOWLEDGED_DATE, licence: "Apache-2.0 (Precursor's own)" },
      { list: SPECIAL_PURPOSE_LIST, date: SPECIAL_PURPOSE_DATE, licence: "public (IANA)" },
    ];
  }

  /** Closes the files. */
  close(): void {
    this.#networks?.close();
    this.#networks = null;
  }

  #database(): Networks | null {
    if (this.#wantsNetworks) this.#networks ??= new Networks();
    return this.#networks;
  }
}
