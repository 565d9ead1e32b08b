/** GreyNoise Community API, v3 (docs.greynoise.io/reference/getcommunityip): was an address seen scanning the Internet, or is it a common service. */
import { dateOf, fieldsOf, type OnlineService, textOf } from "./online-service.ts";

const WEEK = 7 * 86_400;

export const GREYNOISE: OnlineService = {
  id: "greynoise",
  name: "GreyNoise",
  url: "https://api.greynoise.io",
  keyVariable: "GREYNOISE_API_KEY",
  needsKey: false,
  families: [4],
  // 50 questions a week without a contract (docs.greynoise.io, "Using the GreyNoise Community API")
  budget: { burst: 50, seconds: WEEK / 50 },
  keptFor: 86_400,
  defaultWait: 86_400,
  path: (address) => `/v3/community/${address}`,
  headers: (key) => ({ accept: "application/json", ...(key === null ? {} : { key }) }),
  read: (status, body) => {
    const { noise, riot, classification, name, last_seen: lastSeen, message } = fieldsOf(body);
    // An address that it does not know has status 404 and a body like the others
    if (status === 404)
      return { verdict: "not-seen", summary: "not seen scanning, and no common service", score: null, name: null, lastSeen: null };
    if (status !== 200) return textOf(message) ?? `answered with status ${status}`;
    if (typeof noise !== "boolean" || typeof riot !== "boolean") return "answered in a form that is not known";
    const label = textOf(name);
    const facts = { score: null, name: label === "unknown" ? null : label, lastSeen: dateOf(lastSeen) };
    const word = textOf(classification) ?? "unknown";
    if (riot) return { ...facts, verdict: "benign", summary: `a common service${facts.name === null ? "" : `: ${facts.name}`}` };
    const summary = `${noise ? "seen scanning the Internet" : "not seen scanning"}; classed as ${word}`;
    if (word === "malicious" || word === "suspicious" || word === "benign") return { ...facts, verdict: word, summary };
    return { ...facts, verdict: noise ? "seen" : "not-seen", summary };
  },
};
