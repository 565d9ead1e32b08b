/** AbuseIPDB API v2, CHECK (docs.abuseipdb.com): how often, and how credibly, an address was reported in 90 days. */
import { countOf, dateOf, fieldsOf, type OnlineService, textOf } from "./online-service.ts";

const MAX_AGE_DAYS = 90;
/** Of its confidence in percent: AbuseIPDB itself suggests blocking from 75, and takes 25 as the least of its block list. */
const MALICIOUS_FROM = 75;
const SUSPICIOUS_FROM = 25;

export const ABUSEIPDB: OnlineService = {
  id: "abuseipdb",
  name: "AbuseIPDB",
  url: "https://api.abuseipdb.com",
  keyVariable: "ABUSEIPDB_API_KEY",
  needsKey: true,
  families: [4, 6],
  // 1,000 checks a day without a contract
  budget: { burst: 100, seconds: 86.4 },
  keptFor: 86_400,
  defaultWait: 3600,
  path: (address) => `/api/v2/check?ipAddress=${encodeURIComponent(address)}&maxAgeInDays=${MAX_AGE_DAYS}`,
  headers: (key) => ({ accept: "application/json", ...(key === null ? {} : { key }) }),
  read: (status, body) => {
    if (status !== 200) {
      const { errors } = fieldsOf(body);
      const detail = Array.isArray(errors) ? textOf(fieldsOf(errors[0])["detail"]) : null;
      return detail ?? `answered with status ${status}`;
    }
    const data = fieldsOf(fieldsOf(body)["data"]);
    const score = countOf(data["abuseConfidenceScore"]);
    const reports = countOf(data["totalReports"]);
    if (score === null || score > 100 || reports === null) return "answered in a form that is not known";
    const users = countOf(data["numDistinctUsers"]);
    const whose = textOf(data["isp"]);
    const by = users === null ? "" : ` by ${users} reporters`;
    const summary =
      reports === 0
        ? `no reports in ${MAX_AGE_DAYS} days`
        : `${reports} reports${by} in ${MAX_AGE_DAYS} days; confidence of abuse ${score} %${data["isWhitelisted"] === true ? "; on its white list" : ""}`;
    const facts = { summary, score, name: whose, lastSeen: dateOf(data["lastReportedAt"]) };
    if (data["isWhitelisted"] === true) return { ...facts, verdict: "benign" };
    if (score >= MALICIOUS_FROM) return { ...facts, verdict: "malicious" };
    if (score >= SUSPICIOUS_FROM) return { ...facts, verdict: "suspicious" };
    return { ...facts, verdict: reports > 0 ? "seen" : "not-seen" };
  },
};
