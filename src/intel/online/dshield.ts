/** The DShield API of the SANS Internet Storm Center, ip (isc.sans.edu/api): how many of its sensors an address attacked. It does not judge. */
import { countOf, dateOf, fieldsOf, type OnlineService, textOf } from "./online-service.ts";

export const DSHIELD: OnlineService = {
  id: "dshield",
  name: "DShield",
  url: "https://isc.sans.edu",
  keyVariable: null,
  needsKey: false,
  families: [4, 6],
  // It states no limit and asks for moderation; one question a second is ours
  budget: { burst: 5, seconds: 1 },
  keptFor: 86_400,
  // "Please stop sending queries for 5 minutes if you get a 429 error"
  defaultWait: 300,
  path: (address) => `/api/ip/${address}?json`,
  headers: () => ({ accept: "application/json" }),
  read: (status, body) => {
    if (status !== 200) return `answered with status ${status}`;
    const answer = fieldsOf(body);
    const fault = textOf(answer["error"]);
    if (fault !== null) return fault;
    const ip = fieldsOf(answer["ip"]);
    if (textOf(ip["number"]) === null) return "answered in a form that is not known";
    const reports = countOf(ip["count"]) ?? 0;
    const targets = countOf(ip["attacks"]) ?? 0;
    const lists = Object.keys(fieldsOf(ip["threatfeeds"])).map((list) => list.slice(0, 40));
    const summary =
      (reports === 0 && targets === 0 ? "no reports" : `${reports} reports, ${targets} targets`) +
      (lists.length === 0 ? "" : `; on its lists ${lists.slice(0, 8).join(", ")}${lists.length > 8 ? ", …" : ""}`);
    return {
      verdict: reports > 0 || targets > 0 || lists.length > 0 ? "seen" : "not-seen",
      summary,
      score: null,
      name: textOf(ip["asname"]),
      lastSeen: dateOf(ip["maxdate"]),
    };
  },
};
