/** `feeds.yaml` from disk, put together with the catalogue: the feeds there are, those that are disabled, and how services are asked. */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CATALOGUE } from "../../intel/feeds/catalogue.ts";
import type { Feed } from "../../intel/feeds/feed.ts";
import { type Network, parseNetwork } from "../../model/address.ts";
import { ConfigError } from "../../model/errors.ts";
import { systemReason } from "../../sources/file.ts";
import { nearestWord } from "./did-you-mean.ts";
import { feedsKeysAt, feedsShape, type FeedsFile } from "./feeds-schema.ts";
import { checkYaml } from "./yaml-check.ts";

const FEEDS_NAME = "feeds.yaml";
const MOST_BYTES = 4 << 20;

export interface FeedChoice {
  /** All feeds by id, trust as the user has it. */
  readonly feeds: ReadonlyMap<string, Feed>;
  readonly disabled: ReadonlySet<string>;
  readonly online: FeedsFile["online"];
  readonly home: readonly Network[];
  readonly contact: string | null;
}

/** The choice in a library's folder: the catalogue alone where there is no `feeds.yaml`. @throws ConfigError */
export function loadFeeds(folder: string): FeedChoice {
  const path = join(folder, FEEDS_NAME);
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw new ConfigError(path, [`${path}: ${systemReason(error)}`]);
  }
  if (text.length > MOST_BYTES) throw new ConfigError(path, [`${path}: is too large for a list of feeds`]);
  return readFeeds(text, path);
}

/** @throws ConfigError with all that is wrong */
export function readFeeds(text: string, path: string): FeedChoice {
  const { value, say } = checkYaml(text, path, feedsShape, feedsKeysAt);
  const feeds = new Map(CATALOGUE);
  const problems: string[] = [];
  for (const [index, feed] of value.feeds.entries()) {
    if (feeds.has(feed.id)) {
      const taken = CATALOGUE.has(feed.id) ? "the catalogue has a feed of that name" : "another feed has that name";
      problems.push(say(["feeds", index, "id"], `${taken}; give it one of its own`));
    }
    const { column, endColumn, member, minimum, ...rest } = feed;
    feeds.set(feed.id, {
      ...rest,
      choice: { column, endColumn, member, minimum },
      name: feed.name ?? feed.id,
      commercial: "free",
      trustReason: "as you say",
      page: "",
      read: null,
      own: true,
    });
  }
  const checkKnown = (id: string, where: readonly PropertyKey[]): void => {
    if (feeds.has(id)) return;
    problems.push(say(where, unknownFeed(id, feeds)));
  };
  for (const [index, id] of value.disable.entries()) checkKnown(id, ["disable", index]);
  for (const id of Object.keys(value.trust)) checkKnown(id, ["trust", id]);
  if (problems.length > 0) throw new ConfigError(path, problems);
  for (const [id, trust] of Object.entries(value.trust)) {
    const feed = feeds.get(id);
    if (feed !== undefined) feeds.set(id, { ...feed, trust, trustReason: "as you say" });
  }
  return {
    feeds,
    disabled: new Set(value.disable),
    online: wholePaths(value.online, dirname(path)),
    home: value.home.flatMap((text) => parseNetwork(text) ?? []),
    contact: value.contact ?? null,
  };
}

function wholePaths(online: FeedsFile["online"], folder: string): FeedsFile["online"] {
  return Object.fromEntries(
    Object.entries(online).map(([name, service]) => [
      name,
      service?.keyFile === undefined ? service : { ...service, keyFile: resolve(folder, service.keyFile) },
    ]),
  );
}

/** What to say of a name that no feed has. */
export function unknownFeed(id: string, feeds: ReadonlyMap<string, Feed>): string {
  const near = nearestWord(id, feeds.keys());
  return `no feed is called '${id}'${near === null ? ": precursor intel list has them, and feeds.yaml adds your own" : `: did you mean ${near}?`}`;
}
