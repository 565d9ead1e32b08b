/**
 * pf of OpenBSD, FreeBSD and macOS, as an anchor (pf.conf(5), pfctl(8)). A rule with a port does not match fragments that pf has not
 * put together; pf.conf(5), "Fragment handling".
 */
import { nameOf, type Platform } from "../platform.ts";

export const PF: Platform = {
  name: "pf",
  title: "pf",
  remark: "# ",
  says: "port-zero",
  portZero: "`from any port = 0`",
  fragments: "a rule with a port does not match fragments; pf puts them together first where it is told to",
  expiry: "of sources: `pfctl -T expire`, run by cron",
  into: null,
  rules: (request) => {
    const anchor = nameOf(request);
    const table = "precursor_sources";
    // A label holds 63 octets (pfvar.h): the remark stands above.
    const label = ` label "${anchor}"`;
    const families = request.families.length === 2 ? "" : request.families[0] === 4 ? " inet" : " inet6";
    const hasSources = request.sources.length > 0;
    return {
      apply: [
        ...(hasSources ? [`table <${table}> persist { ${request.sources.join(", ")} }`] : []),
        ...request.portZero.map(({ transport, end }) =>
          end === "source"
            ? `block drop in quick${families} proto ${transport} from any port = 0 to any${label}`
            : `block drop in quick${families} proto ${transport} from any to any port = 0${label}`,
        ),
        ...(hasSources ? [`block drop in quick from <${table}> to any${label}`] : []),
      ],
      remove: [`pfctl -a ${anchor} -F rules`, ...(hasSources ? [`pfctl -a ${anchor} -t ${table} -T kill`] : [])],
      notes: [
        `Load with pfctl -a ${anchor} -f FILE; pf.conf needs the line: anchor "${anchor}", before its first quick rule.`,
        ...(hasSources && request.seconds !== null
          ? [
              `From cron, takes away what has been in the table for so long: pfctl -a ${anchor} -t ${table} -T expire ${Math.ceil(request.seconds)}`,
            ]
          : []),
      ],
    };
  },
};
