/** Runs psad (Debian's, unchanged) over a firewall log, with its own directories in a temporary folder. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CONFIG = "/etc/psad/psad.conf";
/** Seconds: psad reads some 2,000 lines a second. */
const TIMEOUT = 120;

/** Danger level (1–5) by source; or why psad could not be run. */
export type PsadResult = ReadonlyMap<string, number> | string;

/** What psad makes of the lines. Its default is to warn from danger level 1 on. */
export function runPsad(lines: readonly string[]): PsadResult {
  if (lines.length === 0) return new Map();
  const folder = mkdtempSync(join(tmpdir(), "precursor-psad-"));
  try {
    const config = configFor(folder);
    if (config === null) return "psad is not installed";
    writeFileSync(join(folder, "psad.conf"), config);
    writeFileSync(join(folder, "messages"), `${lines.join("\n")}\n`);
    const args = [
      "-A",
      "-m",
      join(folder, "messages"),
      "-c",
      join(folder, "psad.conf"),
      "--no-whois",
      "--no-fwcheck",
      "--no-netstat",
      "--no-rdns",
    ];
    const { status, stdout, error } = spawnSync("psad", args, { encoding: "utf8", timeout: TIMEOUT * 1000, maxBuffer: 1 << 28 });
    if (error !== undefined) return `psad did not end: ${error.message}`;
    return status === 0 ? parse(stdout) : `psad ended with ${status}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** psad's own configuration, moved: everything that decides about scans stays as Debian has it. */
function configFor(folder: string): string | null {
  let config: string;
  try {
    config = readFileSync(CONFIG, "utf8");
  } catch {
    return null;
  }
  const settings: Record<string, string> = {
    HOSTNAME: "lab",
    HOME_NET: "any",
    EMAIL_ADDRESSES: "nobody@localhost",
    ALERTING_METHODS: "noemail",
  };
  for (const [name, sub] of [
    ["PSAD_DIR", "log"],
    ["PSAD_RUN_DIR", "run"],
    ["PSAD_FIFO_DIR", "fifo"],
  ] as const) {
    settings[name] = join(folder, sub);
    mkdirSync(join(folder, sub));
  }
  for (const [name, value] of Object.entries(settings)) config = config.replace(new RegExp(`^${name}\\s[^;]*;`, "m"), `${name} ${value};`);
  return config;
}

function parse(output: string): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  for (const match of output.matchAll(/^SRC:\s+([\d.a-fA-F:]+), DL: (\d)/gm)) {
    const level = Number(match[2]);
    if (level > 0) levels.set(match[1]!, Math.max(level, levels.get(match[1]!) ?? 0));
  }
  return levels;
}
