/** `precursor.report/1` from a file, as far as a block needs it. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { InputError } from "../model/errors.ts";
import type { ReportedScan } from "../model/hostile.ts";
import { systemReason } from "../sources/file.ts";

const report = z.looseObject({
  schema: z.literal("precursor.report/1"),
  input: z.looseObject({ sources: z.array(z.looseObject({ anonymised: z.boolean().optional() })) }),
  home: z.looseObject({ networks: z.array(z.string()) }),
  portZero: z.looseObject({ verdict: z.string() }),
  scansTotal: z.number(),
  scans: z.array(
    z.looseObject({
      source: z.string(),
      kind: z.string(),
      contactCount: z.number(),
      spoofable: z.boolean(),
      acknowledged: z.looseObject({ organisation: z.string(), status: z.string() }).nullable(),
      outcomes: z.looseObject({ answered: z.number() }),
    }),
  ),
  backscatter: z.array(z.looseObject({ victim: z.string() })),
  assessment: z.looseObject({ tooEarly: z.boolean(), severity: z.string() }),
});

export interface ReadReport {
  readonly scans: readonly ReportedScan[];
  /** Scans that the report has counted and not listed. */
  readonly unlisted: number;
  readonly victims: ReadonlySet<string>;
  readonly home: readonly string[];
  readonly portZeroVerdict: string;
  readonly tooEarly: boolean;
}

/** @throws InputError where the file cannot be read, is no report, or is about addresses that stand for others. */
export function readReport(path: string): ReadReport {
  const name = path === "-" ? "standard input" : path;
  let text: string;
  try {
    text = readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw new InputError("E_INPUT_UNREADABLE", name, systemReason(error), error);
  }
  if (text.trim() === "") throw new InputError("E_INPUT_EMPTY", name, "is empty; precursor assess --format json writes what is read here");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      "E_INPUT_UNKNOWN",
      name,
      `is no JSON (${reason.slice(0, 120)}); precursor assess --format json writes what is read here`,
    );
  }
  const parsed = report.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError(
      "E_INPUT_UNKNOWN",
      name,
      `is no precursor.report/1: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "does not fit"}`,
    );
  }
  const { input, scans, scansTotal, backscatter, home, portZero, assessment } = parsed.data;
  if (input.sources.some(({ anonymised }) => anonymised === true)) {
    throw new InputError(
      "E_INPUT_UNKNOWN",
      name,
      "its addresses were replaced before they were read: they stand for others, and nobody is to be blocked by them",
    );
  }
  return {
    scans: scans.map(({ source, kind, contactCount, spoofable, acknowledged, outcomes }) => ({
      source,
      kind,
      contacts: contactCount,
      answered: outcomes.answered,
      spoofable,
      acknowledged: acknowledged === null || acknowledged.status === "disputed" ? null : acknowledged.organisation,
      isDisputed: acknowledged?.status === "disputed",
    })),
    unlisted: Math.max(0, scansTotal - scans.length),
    victims: new Set(backscatter.map(({ victim }) => victim)),
    home: home.networks,
    portZeroVerdict: portZero.verdict,
    tooEarly: assessment.tooEarly,
  };
}
