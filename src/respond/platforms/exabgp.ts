/**
 * BGP FlowSpec (RFC 8955, RFC 8956) as ExaBGP's configuration. By RFC 8955 §4.2.2.4, as by RFC 5575 before it, a port component never matches
 * later fragments. For routers that do not keep to that, every route says itself that the packet is no fragment: neither a later one nor a first.
 * ExaBGP's own "not-a-fragment" is a mask of zero, of which no bit can be set (RFC 8955 §4.2.1.2): it never matches.
 */
import type { BlockRequest } from "../../model/block.ts";
import { matchName, nameOf, noExpiryNote, type Platform, portZeroOf, sourcesOf } from "../platform.ts";

const WHOLE_PACKETS = "fragment [ !is-fragment&!first-fragment ];";

interface Route {
  readonly name: string;
  readonly match: string;
}

export const EXABGP: Platform = {
  name: "exabgp",
  title: "BGP FlowSpec (ExaBGP)",
  remark: "# ",
  says: "port-zero",
  portZero: "`protocol =tcp; source-port =0;`",
  fragments: "`fragment [ !is-fragment&!first-fragment ]` in each route with a port",
  expiry: "none",
  into: null,
  rules: (request) => {
    const routes = routesOf(request);
    return {
      apply:
        routes.length === 0
          ? []
          : ["flow {", ...routes.map(({ name, match }) => `  route ${name} { match { ${match} } then { discard; } }`), "}"],
      remove: routes.map(({ match }) => `withdraw flow route { match { ${match} } then { discard; } }`),
      notes: [
        "The block goes into a neighbor with family { ipv4 flow; ipv6 flow; }. Take it out and reload to remove it, or send a process's withdrawals below.",
        ...(request.home.length === 0
          ? ["No destination is given: most upstreams take only routes for your own networks (RFC 8955 §6). --home says which they are."]
          : []),
        ...noExpiryNote(request, "BGP"),
      ],
    };
  },
};

function routesOf(request: BlockRequest): Route[] {
  const name = nameOf(request);
  return ([4, 6] as const).flatMap((family) => {
    const own = request.home.filter((network) => network.includes(":") === (family === 6));
    // A version of IP that one does not have needs no route; without any networks of one's own, everything is meant.
    const destinations =
      request.home.length === 0
        ? [family === 4 ? "0.0.0.0/0" : "::/0"]
        : own.map((network) => (network.includes("/") ? network : `${network}/${family === 4 ? 32 : 128}`));
    return destinations.flatMap((destination, index) => {
      const place = `${family}${destinations.length === 1 ? "" : `-${index + 1}`}`;
      return [
        ...portZeroOf(request, family).map((match) => ({
          name: `${name}-${matchName(match)}-${place}`,
          match: `destination ${destination}; ${family === 4 ? "protocol" : "next-header"} =${match.transport}; ${match.end}-port =0; ${WHOLE_PACKETS}`,
        })),
        ...sourcesOf(request, family).map((source, at) => ({
          name: `${name}-source-${at + 1}-${place}`,
          match: `destination ${destination}; source ${source};`,
        })),
      ];
    });
  });
}
