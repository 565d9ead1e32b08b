/**
 * The template cache as plain values, to be kept across restarts, and back. Templates are written as the octets that announced them
 * and read by the parser of announcements: a file that somebody changed can do no more than a datagram.
 */
import { believable } from "./sampling.ts";
import { Template, TemplateScanner } from "./template.ts";
import { TemplateCache } from "./template-cache.ts";
import { EXPORT_IPFIX, EXPORT_NETFLOW_9 } from "./version.ts";

const VERSION = 1;
/** Longest text of an address that is believed: IPv6 with a zone. */
const LONGEST_ADDRESS = 64;
/** Longest announcement, hexadecimal digits: 1,024 fields of eight octets. */
const LONGEST_HEX = 2 * (6 + 8 * 1024);

export interface SavedTemplates {
  readonly version: typeof VERSION;
  readonly domains: readonly SavedDomain[];
}

export interface SavedDomain {
  readonly exporter: string;
  /** 9 or 10. */
  readonly protocol: number;
  readonly domain: number;
  /** Seconds since 1970 when the exporter started, or 0. */
  readonly startedAt: number;
  /** Whether it has shown TCP flags: from then on a zero means that there were none. */
  readonly tellsFlags: boolean;
  /** Sampling factor of records that name no sampler, or 0; and by sampler. */
  readonly sampling: number;
  readonly samplers: readonly (readonly [id: number, factor: number])[];
  readonly templates: readonly SavedTemplate[];
}

export interface SavedTemplate {
  readonly options: boolean;
  /** Seconds since 1970 of the last announcement. */
  readonly heard: number;
  /** The template record's octets in hexadecimal. */
  readonly announced: string;
}

/** All templates and samplers as plain values. */
export function saveTemplates(cache: TemplateCache): SavedTemplates {
  const domains: SavedDomain[] = [];
  for (const exporter of cache.exporters.values()) {
    for (const domain of exporter.domains.values()) {
      if (domain.protocol !== EXPORT_NETFLOW_9 && domain.protocol !== EXPORT_IPFIX) continue;
      domains.push({
        exporter: exporter.address,
        protocol: domain.protocol,
        domain: domain.id,
        startedAt: domain.startedAt,
        tellsFlags: domain.tellsFlags,
        sampling: domain.samplers.general,
        samplers: [...domain.samplers.byId],
        templates: Array.from(domain.templates.values(), (template) => ({
          options: template.options,
          heard: template.heard,
          announced: Array.from(template.announced, (octet) => octet.toString(16).padStart(2, "0")).join(""),
        })),
      });
    }
  }
  return { version: VERSION, domains };
}

/** A cache from plain values of unknown origin, and how many parts of them were refused. */
export function loadTemplates(saved: unknown): { readonly cache: TemplateCache; readonly refused: number } {
  const cache = new TemplateCache();
  if (!isRecord(saved) || saved["version"] !== VERSION || !Array.isArray(saved["domains"])) return { cache, refused: 1 };
  let refused = 0;
  for (const domain of saved["domains"]) refused += loadDomain(cache, domain);
  return { cache, refused };
}

function loadDomain(cache: TemplateCache, saved: unknown): number {
  if (!isRecord(saved)) return 1;
  const { exporter, protocol, domain: id, startedAt, tellsFlags, sampling, samplers, templates } = saved;
  if (typeof exporter !== "string" || exporter.length > LONGEST_ADDRESS || (protocol !== EXPORT_NETFLOW_9 && protocol !== EXPORT_IPFIX))
    return 1;
  if (!isNumber(id) || !Number.isInteger(id) || id > 0xffffffff || !Array.isArray(templates) || !Array.isArray(samplers)) return 1;
  let refused = 0;
  const domain = cache.domain(exporter, protocol, id, 0);
  if (isNumber(startedAt)) domain.startedAt = startedAt;
  domain.tellsFlags = tellsFlags === true;
  if (isNumber(sampling)) domain.samplers.general = believable(sampling);
  for (const pair of samplers) {
    const [sampler, factor]: unknown[] = Array.isArray(pair) ? pair : [];
    if (isNumber(sampler) && isNumber(factor) && believable(factor) > 0) domain.samplers.set(sampler, factor);
    else refused++;
  }
  for (const template of templates) {
    const loaded = templateOf(protocol, template, cache.epoch);
    if (loaded === null) refused++;
    else cache.announce(exporter, domain, loaded);
  }
  return refused;
}

function templateOf(protocol: number, saved: unknown, epoch: number): Template | null {
  if (!isRecord(saved)) return null;
  const { options, heard, announced } = saved;
  if (typeof options !== "boolean" || !isNumber(heard) || typeof announced !== "string") return null;
  if (announced.length > LONGEST_HEX || !/^(?:[0-9a-f]{2})+$/.test(announced)) return null;
  const octets = Uint8Array.from({ length: announced.length / 2 }, (_, i) => Number.parseInt(announced.slice(2 * i, 2 * i + 2), 16));
  const scanner = new TemplateScanner();
  const reason = scanner.scan(protocol, options, new DataView(octets.buffer), 0, octets.length);
  if (reason !== null || scanner.withdrawal || scanner.next !== octets.length) return null;
  return new Template(protocol, scanner.id, options, octets, heard, epoch);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A finite number that is not negative. */
function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
