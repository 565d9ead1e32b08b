/**
 * What is known of exporters beyond one datagram: templates and samplers, by exporter address, protocol and observation domain.
 * Addresses and ids come from the network and may be forged: everything here has a bound, and the least recently heard goes first.
 */
import { Samplers } from "./sampling.ts";
import { SequenceTracker } from "./sequence.ts";
import type { Template } from "./template.ts";

/** Exporters, and observation domains of one and of all. */
const MOST_EXPORTERS = 4096;
const MOST_DOMAINS = 256;
const MOST_DOMAINS_IN_ALL = 16_384;
/** Templates of one exporter and of all; a large chassis announces some hundred. */
export const MOST_TEMPLATES = 2048;
const MOST_TEMPLATES_IN_ALL = 32_768;
/** Octets of announcements, of all and of one exporter: some hundred a template, for as many as there may be. */
const MOST_OCTETS_IN_ALL = 1 << 24;
const MOST_OCTETS_OF_ONE = 1 << 21;
/**
 * Seconds after which a template that was not announced again is forgotten. Exporters announce every few minutes (RFC 7011 §8.4 asks
 * for a lifetime of three such intervals); a day bridges our own restarts.
 */
export const TEMPLATE_LIFETIME = 86_400;
const KEY = "flow-export";

/** What one observation domain (v5: engine; v9: source id) of one exporter has said. */
export class Domain {
  readonly protocol: number;
  readonly id: number;
  readonly templates: Map<number, Template> = new Map();
  readonly samplers: Samplers = new Samplers();
  /** Seconds since 1970 when the exporter started, where options data tells (element 160); else 0. */
  startedAt = 0;
  /** TCP flags other than zero have been seen: exporters that never tell flags write zeros. */
  tellsFlags = false;
  heard = 0;
  /** The run of a decoder that `sequence` belongs to. */
  epoch = 0;
  sequence: SequenceTracker = new SequenceTracker();

  constructor(protocol: number, id: number) {
    this.protocol = protocol;
    this.id = id;
  }
}

/** One exporter. */
export interface Exporter {
  readonly address: string;
  readonly domains: Map<number, Domain>;
  templates: number;
  /** Of the announcements of its templates. */
  octets: number;
}

/** All exporters, bounded. One lives as long as the process; `template-file.ts` writes and reads it. */
export class TemplateCache {
  /** Least recently heard first. */
  readonly exporters: Map<string, Exporter> = new Map();
  /** Templates and domains forgotten to make room. */
  evicted = 0;
  /** Of the decoder that began last: tells templates and sequences of earlier inputs from its own. */
  epoch = 0;
  #latest: Exporter | null = null;
  #domains = 0;
  #templates = 0;
  #octets = 0;

  get size(): number {
    return this.#templates;
  }

  /** The state of an observation domain, made where it is new. */
  domain(address: string, protocol: number, id: number, heard: number): Domain {
    const exporter = this.#exporter(address);
    const key = protocol * 0x1_0000_0000 + id;
    let domain = exporter.domains.get(key);
    if (domain === undefined) {
      domain = new Domain(protocol, id);
      if (exporter.domains.size >= MOST_DOMAINS) this.#forgetOldestDomain(exporter);
      exporter.domains.set(key, domain);
      this.#domains++;
      this.#makeRoom(exporter);
    }
    domain.heard = heard;
    return domain;
  }

  /** The template of that id, or undefined where it is not known or its lifetime is over by `now`. Of nobody's exporter they do not age. */
  template(address: string, domain: Domain, id: number, now: number): Template | undefined {
    const template = domain.templates.get(id);
    if (template === undefined || address === "" || now - template.heard <= TEMPLATE_LIFETIME) return template;
    this.withdraw(address, domain, id);
    return undefined;
  }

  /** Keeps a template; one with the same id gives way. */
  announce(address: string, domain: Domain, template: Template): void {
    const exporter = this.#exporter(address);
    this.withdraw(address, domain, template.id);
    if (exporter.templates >= MOST_TEMPLATES) this.#forgetOldestTemplate(exporter);
    domain.templates.set(template.id, template);
    this.#count(exporter, 1, template.announced.length);
    while (exporter.octets > MOST_OCTETS_OF_ONE) this.#forgetOldestTemplate(exporter);
    this.#makeRoom(exporter);
  }

  withdraw(address: string, domain: Domain, id: number): void {
    const template = domain.templates.get(id);
    if (template === undefined) return;
    domain.templates.delete(id);
    this.#count(this.#exporter(address), -1, -template.announced.length);
  }

  /** Forgets the data templates of a domain, or its options templates. */
  withdrawAll(address: string, domain: Domain, options: boolean): void {
    for (const template of domain.templates.values()) if (template.options === options) this.withdraw(address, domain, template.id);
  }

  #exporter(address: string): Exporter {
    const latest = this.#latest;
    if (latest !== null && latest.address === address) return latest;
    let exporter = this.exporters.get(address);
    if (exporter === undefined) exporter = { address, domains: new Map(), templates: 0, octets: 0 };
    else this.exporters.delete(address);
    this.exporters.set(address, exporter);
    this.#latest = exporter;
    return exporter;
  }

  #count(exporter: Exporter, templates: number, octets: number): void {
    exporter.templates += templates;
    exporter.octets += octets;
    this.#templates += templates;
    this.#octets += octets;
  }

  #makeRoom(current: Exporter): void {
    while (
      this.exporters.size > MOST_EXPORTERS ||
      (this.exporters.size > 1 &&
        (this.#domains > MOST_DOMAINS_IN_ALL || this.#templates > MOST_TEMPLATES_IN_ALL || this.#octets > MOST_OCTETS_IN_ALL))
    ) {
      const oldest = this.exporters.values().next().value;
      if (oldest === undefined || oldest === current) return;
      this.exporters.delete(oldest.address);
      this.#domains -= oldest.domains.size;
      this.#count(oldest, -oldest.templates, -oldest.octets);
      this.evicted += oldest.domains.size;
    }
  }

  #forgetOldestDomain(exporter: Exporter): void {
    let key = -1;
    let heard = Number.POSITIVE_INFINITY;
    for (const [candidate, domain] of exporter.domains) {
      if (domain.heard >= heard) continue;
      key = candidate;
      ({ heard } = domain);
    }
    const gone = exporter.domains.get(key);
    if (gone === undefined) return;
    for (const id of gone.templates.keys()) this.withdraw(exporter.address, gone, id);
    exporter.domains.delete(key);
    this.#domains--;
    this.evicted++;
  }

  /** Of the exporter's domain with the most templates, the one announced first. */
  #forgetOldestTemplate(exporter: Exporter): void {
    let largest: Domain | null = null;
    for (const domain of exporter.domains.values()) {
      if (largest === null || domain.templates.size > largest.templates.size) largest = domain;
    }
    const oldest = largest?.templates.values().next().value;
    if (largest === null || oldest === undefined) return;
    this.withdraw(exporter.address, largest, oldest.id);
    this.evicted++;
  }
}

/** The cache that lives in a run's memory, made where there is none yet. */
export function templateCacheOf(memory: Map<string, unknown>): TemplateCache {
  const known = memory.get(KEY);
  if (known instanceof TemplateCache) return known;
  const cache = new TemplateCache();
  memory.set(KEY, cache);
  return cache;
}

/** Gives a run's memory a cache to begin with: one that was read from a file. */
export function rememberTemplates(memory: Map<string, unknown>, cache: TemplateCache): void {
  memory.set(KEY, cache);
}
