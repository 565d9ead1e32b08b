/** Who is asking: network, country, special purpose, acknowledged scanner. From local files; DNS is asked only where the user wants it. */
import type { AddressLabels, NameLookups } from "../model/label.ts";
import type { Manners } from "../model/manners.ts";
import type { ReputationLabel } from "../model/reputation.ts";
import { ForwardNames, type NameOptions } from "./acknowledged/forward-names.ts";
import { acknowledgedLabel, isCandidate } from "./acknowledged/judge.ts";
import { ACKNOWLEDGED_DATE, ACKNOWLEDGED_LIST } from "./acknowledged/table.ts";
import { reliedUpon } from "./left-alone.ts";
import { type DataList, Networks } from "./network.ts";
import { SPECIAL_PURPOSE_DATE, SPECIAL_PURPOSE_LIST, specialPurpose } from "./special-purpose.ts";
import { UserDatabase } from "./user-database.ts";

export { leftAlone } from "./left-alone.ts";

export interface IntelOptions {
  /** Whether to look up networks and countries; false saves the 10 to 40 ms of opening them. Default true. */
  readonly networks?: boolean;
  /** Paths of users' own MaxMind DBs, the first to be asked first. */
  readonly databases?: readonly string[];
  /** How to ask DNS for names; null or absent: not at all. */
  readonly names?: NameOptions | null;
  /** Reputation feeds, opened; none where absent. */
  readonly reputation?: ReputationLookup | null;
}

/** What feeds say of an address (text); null where none names it. Total. */
export interface ReputationLookup {
  label(address: string): ReputationLabel | null;
}

/** All lookups behind one door. Databases are opened at the first label, caches are bounded. */
export class Intel {
  readonly #wantsNetworks: boolean;
  readonly #databases: readonly UserDatabase[];
  readonly #names: ForwardNames | null;
  readonly #reputation: ReputationLookup | null;
  #networks: Networks | null = null;

  private constructor(options: IntelOptions) {
    this.#wantsNetworks = options.networks ?? true;
    this.#databases = (options.databases ?? []).map((path) => new UserDatabase(path));
    this.#names = options.names ? new ForwardNames(options.names) : null;
    this.#reputation = options.reputation ?? null;
  }

  /**
   * Opens only users' databases yet: what else is missing gives null labels and is absent from {@link lists}.
   * @throws DatabaseError where a user's database cannot be read or is none
   */
  static open(options: IntelOptions = {}): Intel {
    return new Intel(options);
  }

  /** Asks DNS for the names of addresses, heaviest first, where the user wants it. Never rejects. */
  async askNames(addresses: readonly string[]): Promise<void> {
    await this.#names?.ask(addresses);
  }

  /** What asking for names came to; null where DNS was not asked. */
  names(): NameLookups | null {
    return this.#names?.summary() ?? null;
  }

  /**
   * What is known of an address (text). Total: hash texts and nonsense give nulls.
   * @param manners how it behaved; called only where that matters
   */
  label(address: string, manners: () => Manners): AddressLabels {
    const reputation = this.#reputation?.label(address) ?? null;
    const name = this.#names?.nameOf(address) ?? null;
    const proofs = { hits: reputation?.hits ?? [], name };
    return {
      network: this.#database()?.label(address) ?? null,
      acknowledged: isCandidate(address, proofs) ? acknowledgedLabel(address, manners(), proofs) : null,
      reserved: specialPurpose(address),
      reputation,
      name,
      reliedUpon: reliedUpon(address),
    };
  }

  /** IPv4 addresses that each of a few networks announces: ASN → addresses. */
  announced(asns: readonly number[]): ReadonlyMap<number, number> {
    return this.#database()?.announced(asns) ?? new Map();
  }

  /** The lists in use, with the date of their data and their licence. */
  lists(): readonly DataList[] {
    return [
      ...(this.#database()?.lists() ?? []),
      { list: ACKNOWLEDGED_LIST, date: ACKNOWLEDGED_DATE, licence: "Apache-2.0 (Precursor's own)" },
      { list: SPECIAL_PURPOSE_LIST, date: SPECIAL_PURPOSE_DATE, licence: "public (IANA)", settled: true },
    ];
  }

  /** Closes the files. */
  close(): void {
    this.#networks?.close();
    this.#networks = null;
  }

  #database(): Networks | null {
    if (this.#wantsNetworks) this.#networks ??= new Networks(this.#databases);
    return this.#networks;
  }
}
