/** Who is asking: network, country, special purpose, acknowledged scanner. Everything from local files; nothing is asked of the network. */
import type { AddressLabels } from "../model/label.ts";
import { acknowledgedLabel, type LabelContext } from "./acknowledged.ts";
import { ACKNOWLEDGED_DATE, ACKNOWLEDGED_LIST } from "./acknowledged-table.ts";
import { type DataList, Networks } from "./network.ts";
import { isoDay, Reputation } from "./reputation/index.ts";
import { SPECIAL_PURPOSE_DATE, SPECIAL_PURPOSE_LIST, specialPurpose } from "./special-purpose.ts";

export type { LabelContext } from "./acknowledged.ts";

export interface IntelOptions {
  /** Whether to look up networks and countries; false saves the 10 to 40 ms of opening them. Default true. */
  readonly networks?: boolean;
  /** The compiled table of reputation feeds, as a path; null (the default) without one. */
  readonly reputation?: string | null;
}

/** All lookups behind one door. Databases are opened at the first label, caches are bounded. */
export class Intel {
  readonly #wantsNetworks: boolean;
  readonly #reputation: Reputation | null;
  #networks: Networks | null = null;

  private constructor(options: IntelOptions) {
    this.#wantsNetworks = options.networks ?? true;
    this.#reputation = options.reputation === undefined || options.reputation === null ? null : Reputation.open(options.reputation);
  }

  /**
   * Opens the table of reputation where one is named, and nothing else yet: what is missing gives null labels and is absent from
   * {@link lists}. @throws IntelError E_INTEL_TABLE where the table cannot be read or is damaged
   */
  static open(options: IntelOptions = {}): Intel {
    return new Intel(options);
  }

  /** What is known of an address (text), given what it was seen to do. Total: hash texts and nonsense give nulls. */
  label(address: string, context: LabelContext): AddressLabels {
    return {
      network: this.#database()?.label(address) ?? null,
      acknowledged: acknowledgedLabel(address, context),
      reserved: specialPurpose(address),
      reputation: this.#reputation?.label(address) ?? null,
    };
  }

  /** The lists in use, with the date of their data and their licence. */
  lists(): readonly DataList[] {
    return [
      ...(this.#database()?.lists() ?? []),
      { list: ACKNOWLEDGED_LIST, date: ACKNOWLEDGED_DATE, licence: "Apache-2.0 (Precursor's own)" },
      ...(this.#reputation?.feeds ?? []).map(({ name, dataDate, fetchedAt, licence }) => ({
        list: name,
        date: isoDay(dataDate ?? fetchedAt),
        licence,
      })),
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
