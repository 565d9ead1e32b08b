import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NetworkKind } from "../model/label.ts";
import { networkKind } from "./network-kind.ts";

/** Sixty networks by hand: ASN, the name that the installed data give it, what it is for. Half of them are in no table of ours. */
const BY_HAND: readonly (readonly [asn: number, name: string, kind: NetworkKind])[] = [
  [16509, "Amazon.com, Inc.", "hosting"],
  [8075, "Microsoft Corporation", "hosting"],
  [14061, "DigitalOcean, LLC", "hosting"],
  [16276, "OVH SAS", "hosting"],
  [24940, "Hetzner Online GmbH", "hosting"],
  [202425, "IP Volume inc", "hosting"],
  [20473, "The Constant Company, LLC", "hosting"],
  [47583, "Hostinger International Limited", "hosting"],
  [200350, "Yandex.Cloud LLC", "hosting"],
  [12200, "Rackspace Hosting", "hosting"],
  [19318, "Interserver, Inc", "hosting"],
  [199685, "FIRST SERVER, SOCIEDAD LIMITADA", "hosting"],
  [25108, "IOMART HOSTING LIMITED", "hosting"],
  [46475, "Limestone Networks, Inc.", "hosting"],
  [25074, "PlusServer GmbH", "hosting"],
  [38930, "LeaseWeb Network B.V.", "hosting"],
  [40676, "Psychz Networks", "hosting"],
  [15169, "Google LLC", "content"],
  [32934, "Facebook, Inc.", "content"],
  [2906, "Netflix Streaming Services Inc.", "content"],
  [54113, "Fastly, Inc.", "content"],
  [13188, "CONTENT DELIVERY NETWORK LTD", "content"],
  [15133, "Edgecast Inc.", "content"],
  [4134, "CHINANET-BACKBONE", "access"],
  [7922, "Comcast Cable Communications, LLC", "access"],
  [3320, "Deutsche Telekom AG", "access"],
  [9971, "SK Broadband Co Ltd", "access"],
  [33660, "Comcast Cable Communications, LLC", "access"],
  [38286, "Phnom Penh Cable TV", "access"],
  [22773, "Cox Communications Inc.", "access"],
  [12322, "Free SAS", "access"],
  [9121, "Turk Telekomunikasyon Anonim Sirketi", "access"],
  [393713, "All Points Broadband", "access"],
  [21928, "T-Mobile USA, Inc.", "mobile"],
  [55836, "Reliance Jio Infocomm Limited", "mobile"],
  [24158, "Taiwan Mobile Co., Ltd.", "mobile"],
  [23720, "Rakuten Mobile, Inc.", "mobile"],
  [51207, "Free Mobile SAS", "mobile"],
  [29957, "Stanford University", "education"],
  [36375, "University of Michigan", "education"],
  [680, "Verein zur Foerderung eines Deutschen Forschungsnetzes e.V.", "education"],
  [16619, "Georgia Institute of Technology", "education"],
  [15633, "Universitat Oberta de Catalunya", "education"],
  [198500, "Masarykova univerzita - Ustav vypocetni techniky", "education"],
  [40421, "Providence College", "education"],
  [32, "Stanford University", "education"],
  [203665, "UK Ministry of Defence", "government"],
  [721, "DoD Network Information Center", "government"],
  [22252, "The City of New York", "government"],
  [55330, "Government Communications Network", "government"],
  [29992, "Department of Veterans Affairs", "government"],
  [33967, "Lancashire County Council", "government"],
  [10794, "Bank of America, National Association", "business"],
  [131994, "Deutsche Bank AG", "business"],
  [51537, "Aegean Airlines S.A.", "business"],
  [196, "The Boeing Company", "business"],
  [29816, "Southwest Airlines Co.", "business"],
  [196610, "DE-CIX Management GmbH", "exchange"],
  [27228, "Philadelphia Internet Exchange", "exchange"],
  [37716, "Burkina Faso Internet EXchange Point ( BFIX) - Burkina Faso Internet EXchange Point ( BFIX)", "exchange"],
];

describe("kinds of networks", () => {
  test("of sixty known ones none is wrong, and most are told", () => {
    const told = BY_HAND.filter(([asn, name]) => networkKind(asn, name) !== null);
    const wrong = told.filter(([asn, name, kind]) => networkKind(asn, name) !== kind);
    const byWords = BY_HAND.filter(([, name]) => networkKind(null, name) !== null);
    const wrongByWords = byWords.filter(([, name, kind]) => networkKind(null, name) !== kind);
    console.log(
      `kinds of networks: ${told.length} of ${BY_HAND.length} told, ${wrong.length} wrong; by words alone ${byWords.length} told, ` +
        `${wrongByWords.length} wrong (${wrongByWords.map(([, name]) => name).join(", ")}); not told: ` +
        BY_HAND.filter(([asn, name]) => networkKind(asn, name) === null)
          .map(([, name]) => name)
          .join(", "),
    );
    expect(BY_HAND).toHaveLength(60);
    expect(wrong).toEqual([]);
    expect(wrongByWords.length).toBeLessThanOrEqual(2);
    expect(told.length).toBeGreaterThanOrEqual(48);
  });
  test.each([
    "Hurricane Electric LLC",
    "Level 3 Communications, Inc.",
    "Four County Electric Membership Corporation",
    "Singapore Telecommunications (SINGTEL Internet Exchange)",
    "Jeffco County Bank",
    "University Hospital Cloud",
    "GHOST IN THE SHELLFISH",
    "Nettlinx Limited",
    "Rohde Communications",
    "",
  ])("near miss: nothing is told of '%s'", (name) => expect(networkKind(null, name)).toBeNull());
  test("any name gives a kind or null, whatever its case", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (name) => {
        expect(networkKind(null, name.toUpperCase())).toBe(networkKind(null, name.toUpperCase().toLowerCase()));
      }),
    );
  });
});
