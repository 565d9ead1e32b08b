/** `precursor backtest`: did upticks come before disclosures more often than chance? */
import type { Command } from "commander";
import { addExamples } from "./examples.ts";
import { parseWhole } from "./report-output.ts";
import { addStoreOption, type StoreFlags } from "./store-place.ts";
import { writeError } from "./terminal.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";
import { withStore } from "./with-store.ts";

const FORMATS = ["text", "json"] as const;
/** GreyNoise (2025) looked at three weeks and at six. */
const DEFAULT_DAYS = 42;
const MOST_DAYS = 3650;
const MOST_ROWS = 100_000;

interface BacktestFlags extends StoreFlags, TextFlags {
  readonly disclosures: string;
  readonly series?: string;
  readonly days: number;
  readonly limit?: number;
}

export function addBacktestCommand(program: Command): void {
  const command = program
    .command("backtest")
    .description("How often an uptick on a product's ports came before a disclosure, beside how often one comes before any moment.")
    .requiredOption("--disclosures <file>", "CISA's KEV catalogue (JSON), or a table of date, product and port; - for standard input")
    .option("--series <file>", "a table of series as uptick reads it, in place of the store")
    .option("--days <n>", "how long before a disclosure an uptick counts", (text) => parseWhole(text, 1, MOST_DAYS), DEFAULT_DAYS)
    .option("--limit <n>", "disclosures that are listed in text", (text) => parseWhole(text, 1, MOST_ROWS))
    .action(printBacktest);
  addStoreOption(addTextOptions(command, FORMATS));
  addExamples(
    command,
    [
      ["precursor backtest --disclosures known_exploited_vulnerabilities.json", "The history of the store against CISA's catalogue."],
      ["precursor backtest --disclosures ours.csv --series ports.csv --days 21", "A table of counts against a list of our own."],
    ],
    [
      "Chance is had by turning the upticks' calendar against the disclosures': what clusters stays clustered.",
      "Ports of products come from a table of ours where the list has none; port may be 443, tcp/443 or udp/500, several apart by spaces.",
    ],
  );
}

async function printBacktest(flags: BacktestFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const { readDisclosures } = await import("./disclosure-file.ts");
  const { disclosures, withoutPorts, faults } = readDisclosures(flags.disclosures);
  const { backtestStore, backtestTable } = await import("../pipeline/history/backtest.ts");
  const run = { disclosures, days: flags.days };
  const outcome =
    flags.series === undefined
      ? await withStore(flags, async (store) => backtestStore(store, run))
      : await backtestTable(flags.series, run);
  const report = { ...outcome, days: flags.days, withoutPorts };
  const { renderBacktestJson, renderBacktestText } = await import("../report/backtest.ts");
  const limit = flags.limit === undefined ? {} : { limit: flags.limit };
  await printText(format === "json" ? renderBacktestJson(report) : renderBacktestText(report, { ...textLook(flags), ...limit }), flags);
  if (faults.length > 0) await writeError(faults.map((fault) => `precursor: ${fault}\n`).join(""));
}
