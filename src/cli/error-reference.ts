/** What each error code means and what to do about it: docs/errors.md is made from it. */
import type { ErrorCode } from "../model/errors.ts";

export interface ErrorMeaning {
  readonly meaning: string;
  readonly remedy: string;
}

/** Complete by its type: a code without a meaning does not compile. */
export const ERROR_MEANINGS: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  E_USAGE: {
    meaning: "The command line asks for something that does not exist, lacks something, or contradicts itself.",
    remedy:
      "Read the message, which names the word and often the one that was meant; `precursor help COMMAND` lists all options with examples.",
  },
  E_INPUT_UNREADABLE: {
    meaning:
      "An input cannot be opened or read: it does not exist, the user may not read it, the device failed, or a compressed file is broken from its start.",
    remedy:
      "Check the path and its rights (`ls -l`). Captures written by tcpdump often belong to its own user: copy the file or add read rights.",
  },
  E_INPUT_EMPTY: {
    meaning:
      "An input has no octets at all, or a folder holds no files. A capture without packets is not empty: it has a header, and gives a report that says so.",
    remedy: "Check that the capture was written: a full disk and a stopped tcpdump leave empty files.",
  },
  E_INPUT_UNKNOWN: {
    meaning: "The first octets of an input are of no format that Precursor reads. Its name plays no part.",
    remedy:
      "`precursor formats` lists what is read. `file NAME` tells what it is; editcap of Wireshark converts many formats: `editcap -F pcap IN OUT`.",
  },
  E_INPUT_DAMAGED: {
    meaning:
      "An input breaks off or holds an impossible length, for example a capture that was still being written. All records before the break were assessed, and the report names the octet.",
    remedy:
      "Nothing, where the file was cut while it was being written; otherwise fetch it again from where it was made. `pcapfix` repairs some.",
  },
  E_FILTER: {
    meaning: "The expression of `--filter` does not parse. The mark under it stands where it breaks.",
    remedy: "docs/filter.md has the language. Quote the expression for the shell: `--filter 'tcp and (port 0 or port 445)'`.",
  },
  E_OUTPUT: {
    meaning:
      "A report or capture cannot be written: no space, no rights, no such folder. A file that stood in its place is as it was, and no part of the new one is left.",
    remedy: "Make room or choose another place with `--output`.",
  },
  E_DATABASE: {
    meaning: "A file of `--mmdb` does not exist, may not be read, is no MaxMind DB, or is cut off.",
    remedy:
      "Unpack it first (`tar -xzf GeoLite2-ASN_….tar.gz`): the file that is meant ends in `.mmdb`. Fetch it again where it is damaged.",
  },
  E_CONFIG: {
    meaning:
      "A config file cannot be read, is no YAML, or has a key or a value that does not fit. The message names file, line, column and path; where a running program was told to read it again, the config before stays in force.",
    remedy:
      "`precursor config check FILE` lists all that is wrong; docs/config.md has the keys, and `precursor config init` writes an example.",
  },
  E_STORE_MISSING: {
    meaning: "The engine that keeps history inside the program is not installed, or does not exist for this platform.",
    remedy:
      "Run `npm install` without `--omit=optional`; it comes for Linux (glibc) and macOS, x64 and arm64. Elsewhere keep history in a ClickHouse server: `--store http://HOST:8123`.",
  },
  E_STORE_LOCKED: {
    meaning: "Another process holds the data directory; the message names its process id. A directory has one writer at a time.",
    remedy:
      "Stop the other process, give this one a directory of its own, or let both write to a ClickHouse server. Commands that only read work beside a running `precursor watch`.",
  },
  E_STORE_NEWER: {
    meaning: "The history was written by a newer version of Precursor, whose tables this one does not know. Nothing was changed.",
    remedy: "Install the newer version, or restore a backup made by this one into an empty place.",
  },
  E_STORE_DOWN: {
    meaning: "The ClickHouse server, or a shard of the cluster, does not answer.",
    remedy:
      "Start it, and check address and rights with `curl URL/ping`. Meanwhile `precursor watch` keeps what it sees in its spool and catches up by itself.",
  },
  E_STORE_FULL: {
    meaning: "The disk of the store, or of the spool before it, has no room left. What was acknowledged before is kept.",
    remedy: "Make room, or shorten what is kept; `precursor store info` says what takes how much.",
  },
  E_STORE_BACKUP: {
    meaning:
      "A backup cannot be made or restored: the folder is not empty, is no backup or a damaged one, or the store that it should go to has history already.",
    remedy: "Back up into a new folder; restore into a new place with `precursor store restore FOLDER --store PLACE`.",
  },
  E_STORE_FAILED: {
    meaning: "The store refused a question or a write; the message holds the engine's own words.",
    remedy: "Check the rights of the user in the URL and the room on the server. If it persists, please report it with the message.",
  },
  E_INTEL_LIBRARY: {
    meaning:
      "The folder of reputation feeds cannot be read or written, or something in it is damaged. What was in use before is unchanged.",
    remedy:
      "Check the folder's rights and room. Where a file is damaged, `precursor intel update --force` fetches anew; removing the folder loses nothing that cannot be fetched again, but for its `feeds.yaml`. `--no-intel` assesses without feeds.",
  },
  E_INTEL_LOCKED: {
    meaning: "Another `precursor intel update` is changing the same folder of feeds.",
    remedy: "Wait until it is done. A process that was killed holds nothing.",
  },
  E_INTEL_TABLE: {
    meaning:
      "The compiled table of reputation feeds cannot be read, is cut or damaged, is from another version or machine, or would hold more than a table takes.",
    remedy: "`precursor intel update` compiles it anew from the copies that are kept; nothing needs to be fetched for it.",
  },
  E_RUNTIME: {
    meaning: "The program cannot start here: Node is older than 24 and the checkout has none of its own, or the build is missing.",
    remedy:
      "Install Node 24 or later, or run `npm install` in the checkout, which builds the program and on Linux x64 brings its own Node.",
  },
};
