/** Lists of disclosed vulnerabilities: CISA's catalogue of known exploited ones (KEV, JSON), or a table of date, product and ports. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Disclosure } from "../assess/backtest/backtest.ts";
import { productPorts } from "../assess/backtest/product-ports.ts";
import { UsageError } from "../model/errors.ts";
import { systemReason } from "../sources/file.ts";
import { portSeriesNumber, SERIES_TRANSPORTS, seriesName } from "../model/series.ts";

/** Fields of the catalogue that are used (cisa.gov, known_exploited_vulnerabilities_schema.json). */
const kev = z.looseObject({
  vulnerabilities: z.array(z.looseObject({ vendorProject: z.string(), product: z.string(), dateAdded: z.string() })),
});
const DATE = /^\d{4}-\d\d-\d\d$/;
const PORT = /^(?:(tcp|udp)\/)?(\d{1,5})$/i;

export interface DisclosureList {
  readonly disclosures: readonly Disclosure[];
  /** Those of products whose ports nobody knows. */
  readonly withoutPorts: number;
  /** Rows that could not be read, a sentence each, at most a few. */
  readonly faults: readonly string[];
}

/** Bad rows that are named. */
const MOST_FAULTS = 5;

/** @throws UsageError where the file cannot be read or is neither. */
export function readDisclosures(path: string): DisclosureList {
  let text: string;
  try {
    text = readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw new UsageError(`--disclosures ${path}: ${systemReason(error)}`);
  }
  return /^\s*\{/.test(text) ? fromCatalogue(path, text) : fromTable(path, text);
}

function fromCatalogue(path: string, text: string): DisclosureList {
  let parsed;
  try {
    parsed = kev.safeParse(JSON.parse(text));
  } catch (error) {
    throw new UsageError(`--disclosures ${path}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!parsed.success)
    throw new UsageError(
      `--disclosures ${path}: JSON, but not CISA's catalogue: vulnerabilities with vendorProject, product and dateAdded`,
    );
  const found = new Found();
  for (const [index, { vendorProject, product, dateAdded }] of parsed.data.vulnerabilities.entries()) {
    found.add(`vulnerability ${index + 1}`, dateAdded, `${vendorProject} ${product}`, productPorts(vendorProject, product));
  }
  return found.list();
}

function fromTable(path: string, text: string): DisclosureList {
  const [head, ...lines] = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const names = fieldsOf(head ?? "").map((name) => name.trim().toLowerCase());
  const [date, product, port] = ["date", "product", "port"].map((name) => names.indexOf(name));
  if (date === undefined || date < 0 || product === undefined || product < 0)
    throw new UsageError(`--disclosures ${path}:1: a header with the columns date, product and port is expected`);
  const found = new Found();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const fields = fieldsOf(line);
    const name = fields[product]?.trim() ?? "";
    const ports = (port === undefined || port < 0 ? "" : (fields[port] ?? "")).split(/[\s;,]+/).filter((word) => word !== "");
    found.add(`${path}:${index + 2}`, fields[date]?.trim() ?? "", name, ports.length > 0 ? ports : productPorts("", name));
  }
  return found.list();
}

class Found {
  readonly #disclosures: Disclosure[] = [];
  readonly #faults: string[] = [];
  #withoutPorts = 0;
  #bad = 0;

  add(where: string, date: string, product: string, ports: readonly string[]): void {
    const time = DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) / 1000 : Number.NaN;
    const series = ports.map(seriesOfPort);
    const wrong = Number.isNaN(time)
      ? `${date === "" ? "no date" : `${date} is no date`} (YYYY-MM-DD)`
      : series.includes(null)
        ? `${ports.join(" ")}: ports are 0 to 65535, as in 443, tcp/443 or udp/500`
        : null;
    if (wrong !== null) {
      this.#bad++;
      if (this.#faults.length < MOST_FAULTS) this.#faults.push(`${where}: ${wrong}`);
    } else if (series.length === 0) this.#withoutPorts++;
    else this.#disclosures.push({ time, product, series: series.filter((name) => name !== null) });
  }

  list(): DisclosureList {
    const more = this.#bad - this.#faults.length;
    return {
      disclosures: this.#disclosures,
      withoutPorts: this.#withoutPorts,
      faults: more > 0 ? [...this.#faults, `and ${more} more`] : this.#faults,
    };
  }
}

function seriesOfPort(text: string): string | null {
  const [, transport, port] = PORT.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) return null;
  const known = SERIES_TRANSPORTS.find((one) => one === transport?.toLowerCase()) ?? "tcp";
  return seriesName(portSeriesNumber(known, "destination", Number(port)));
}

/** Fields of a line of CSV (RFC 4180, without line ends inside quotes). */
function fieldsOf(line: string): string[] {
  return Array.from(
    line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g),
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}
