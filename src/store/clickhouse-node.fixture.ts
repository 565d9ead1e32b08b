/** A whole ClickHouse server in a process of its own, from the library that stores in folders use: arguments are libchdb's path and its command line. */
import { DataType, load, open } from "ffi-rs";

const [library = "", ...args] = process.argv.slice(2);
open({ library: "chdb", path: library });
load({
  library: "chdb",
  funcName: "chdb_query_cmdline",
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
});
