/**
 * `npm test`: runs every test, and ends with one line that a machine can read: `N passed, N failed` (and `, N skipped`).
 * `npm test -- --install` first installs the Debian packages that tests use (so does CI=true, as root); without them, the tests that need
 * them are skipped. Other arguments go to vitest: `npm test -- src/formats`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, missingPackages } from "./debian-packages.ts";

const root = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const install = args.includes("--install");
const inCI = process.env["CI"] === "true";

const missing = missingPackages();
if (missing.length > 0 && (install || (inCI && process.getuid?.() === 0))) installPackages(missing);
const absent = missingPackages().map(({ name, use }) => `${name} (${use})`);
if (absent.length > 0) console.log(`not installed, and tests that need them are skipped: ${absent.join("; ")}`);

const folder = mkdtempSync(join(tmpdir(), "precursor-test-"));
const results = join(folder, "results.json");
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...args.filter((arg) => arg !== "--install"),
  ],
  { cwd: root, stdio: "inherit" },
);

const { passed, failed, skipped } = countsOf(results);
rmSync(folder, { recursive: true });
// A run that breaks outside of any test (a file that does not load, an unhandled rejection) has failed too
const failures = failed === 0 && (status !== 0 || passed === 0) ? 1 : failed;
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failures > 0 ? 1 : 0;

/** Tests by outcome. A file that fails before its first test counts as one failed. */
function countsOf(path: string): { passed: number; failed: number; skipped: number } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const json = JSON.parse(text) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const unloaded = json.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  return { passed: json.numPassedTests, failed: json.numFailedTests + unloaded, skipped: json.numPendingTests + json.numTodoTests };
}
