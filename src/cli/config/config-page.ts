/** docs/config.md, made from the schema, so that it cannot fall behind. */
import { CONFIG_EXAMPLE } from "./config-example.ts";
import { configSchema } from "./config-schema.ts";

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | false;
}

export function configPage(made: string): string {
  const schema = configSchema() as Schema;
  const lines = [
    "# The config file",
    "",
    made,
    "",
    "`precursor watch --config precursor.yaml` reads it. Unknown keys and wrong values are refused, each with its line; after SIGHUP a file that is wrong is told, and the one before stays in force.",
    "",
    "```sh",
    "precursor config init precursor.yaml      # a commented example",
    "precursor config check precursor.yaml     # every problem, with its line",
    "precursor config show precursor.yaml      # what is in force, defaults filled in, passwords hidden",
    "precursor schema config > precursor.schema.json    # completion in editors",
    "```",
    "",
    "Paths are relative to the file's folder.",
    "",
    ...table("", schema),
    "## Example",
    "",
    "```yaml",
    CONFIG_EXAMPLE.trimEnd(),
    "```",
    "",
  ];
  return lines.join("\n");
}

/** A table of the keys of an object, then one of each object in it. */
function table(path: string, schema: Schema): string[] {
  const rows = Object.entries(schema.properties ?? {});
  if (rows.length === 0) return [];
  const lines = path === "" ? ["## Keys", ""] : [`## ${path}`, ""];
  lines.push("| key | what it takes | without it | |", "|---|---|---|---|");
  for (const [key, value] of rows) {
    const isNeeded = schema.required?.includes(key) === true;
    lines.push(
      `| \`${key}\` | ${kindOf(value)} | ${isNeeded ? "must be given" : defaultOf(value)} | ${(value.description ?? "").replaceAll("|", "\\|")} |`,
    );
  }
  lines.push("");
  for (const [key, value] of rows) {
    const inner = value.type === "array" ? value.items : (value.anyOf?.find(({ properties }) => properties !== undefined) ?? value);
    if (inner !== undefined) lines.push(...table(path === "" ? key : `${path}.${key}`, inner));
  }
  return lines;
}

function kindOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(" or ");
  const { minimum, maximum } = schema;
  const range = minimum === undefined || maximum === undefined || !(maximum < 1e9) ? "" : ` ${minimum} to ${maximum}`;
  switch (schema.type) {
    case "array":
      return `list of ${schema.items?.type === "object" ? "maps" : "texts"}`;
    case "object":
      return schema.properties === undefined ? "map of name to list of networks" : "map";
    case "integer":
      return `whole number${range}`;
    case "number":
      return `number${range}`;
    case "boolean":
      return "`true` or `false`";
    default:
      return "text";
  }
}

function defaultOf(schema: Schema): string {
  const value = schema.default;
  if (value === undefined || (typeof value === "object" && value !== null)) return Array.isArray(value) ? "none" : "";
  return `\`${JSON.stringify(value).replace(/^"|"$/g, "")}\``;
}
