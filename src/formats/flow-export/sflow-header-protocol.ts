/** What an sFlow sampled header begins with, as a link type of captures. Source: sflow_version_5.txt, enum header_protocol. */
import {
  LINK_ATM_LLC,
  LINK_ETHERNET,
  LINK_FDDI,
  LINK_IPV4,
  LINK_IPV6,
  LINK_MPLS,
  LINK_PPP,
  LINK_PPP_SERIAL,
  LINK_RAW_IP,
} from "../capture/link.ts";

export const NO_LINK_TYPE = -1;

/** The link type of a header protocol, or NO_LINK_TYPE where our packet decoders have none. */
export function linkTypeOf(headerProtocol: number): number {
  switch (headerProtocol) {
    case 1:
      return LINK_ETHERNET;
    case 4:
      return LINK_FDDI;
    case 7:
      return LINK_PPP;
    case 9: // AAL5 with LLC
      return LINK_ATM_LLC;
    case 10: // AAL5 with bare IP
      return LINK_RAW_IP;
    case 11:
      return LINK_IPV4;
    case 12:
      return LINK_IPV6;
    case 13:
      return LINK_MPLS;
    case 14: // PPP over SONET, RFC 1662
      return LINK_PPP_SERIAL;
    default:
      return NO_LINK_TYPE;
  }
}
