/** How a feed is written. */
export const FEED_FORMS = [
  "auto",
  "addresses",
  "netset",
  "ipset",
  "nft",
  "csv",
  "json",
  "misp-warninglist",
  "stix",
  "dshield-block",
  "spamhaus-drop",
  "ipsum",
  "maltrail",
] as const;
export type FeedForm = (typeof FEED_FORMS)[number];
