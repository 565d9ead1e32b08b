/**
 * Addresses that very many networks rely on: public DNS resolvers, and the root servers of the DNS. Blocking one of them is an outage, which
 * is why they are favourites for poisoning feeds. Compiled on 2026-11-24 from what is commonly known; the operators' pages were not read for it: `published` is where to check.
 */

interface PublicResolver {
  readonly operator: string;
  readonly addresses: readonly string[];
  /** Where the operator is known to publish them. */
  readonly published: string;
}

export const PUBLIC_RESOLVERS: readonly PublicResolver[] = [
  {
    operator: "Cloudflare",
    addresses: [
      "1.1.1.1",
      "1.0.0.1",
      "1.1.1.2",
      "1.0.0.2",
      "1.1.1.3",
      "1.0.0.3",
      "2606:4700:4700::1111",
      "2606:4700:4700::1001",
      "2606:4700:4700::1112",
      "2606:4700:4700::1002",
      "2606:4700:4700::1113",
      "2606:4700:4700::1003",
      "2606:4700:4700::64",
      "2606:4700:4700::6400",
    ],
    published: "https://developers.cloudflare.com/1.1.1.1/ip-addresses/",
  },
  {
    operator: "Google",
    addresses: ["8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844", "2001:4860:4860::64", "2001:4860:4860::6464"],
    published: "https://developers.google.com/speed/public-dns/docs/using",
  },
  {
    operator: "Quad9",
    addresses: [
      "9.9.9.9",
      "149.112.112.112",
      "9.9.9.10",
      "149.112.112.10",
      "9.9.9.11",
      "149.112.112.11",
      "2620:fe::fe",
      "2620:fe::9",
      "2620:fe::10",
      "2620:fe::fe:10",
      "2620:fe::11",
      "2620:fe::fe:11",
    ],
    published: "https://quad9.net/service/service-addresses-and-features/",
  },
  {
    operator: "Cisco OpenDNS",
    addresses: [
      "208.67.222.222",
      "208.67.220.220",
      "208.67.222.220",
      "208.67.220.222",
      "208.67.222.123",
      "208.67.220.123",
      "2620:119:35::35",
      "2620:119:53::53",
      "2620:119:35::123",
      "2620:119:53::123",
    ],
    published: "https://support.opendns.com/hc/en-us/articles/227986667",
  },
  {
    operator: "AdGuard",
    addresses: [
      "94.140.14.14",
      "94.140.15.15",
      "94.140.14.140",
      "94.140.14.141",
      "94.140.14.15",
      "94.140.15.16",
      "2a10:50c0::ad1:ff",
      "2a10:50c0::ad2:ff",
      "2a10:50c0::1:ff",
      "2a10:50c0::2:ff",
      "2a10:50c0::bad1:ff",
      "2a10:50c0::bad2:ff",
    ],
    published: "https://adguard-dns.io/en/public-dns.html",
  },
  {
    operator: "CleanBrowsing",
    addresses: [
      "185.228.168.168",
      "185.228.169.168",
      "185.228.168.9",
      "185.228.168.10",
      "185.228.169.11",
      "185.228.169.9",
      "2a0d:2a00:1::2",
      "2a0d:2a00:2::2",
    ],
    published: "https://cleanbrowsing.org/filters/",
  },
  {
    operator: "Neustar (Vercara) UltraDNS Public",
    addresses: ["64.6.64.6", "64.6.65.6", "2620:74:1b::1:1", "2620:74:1c::2:2"],
    published: "https://vercara.digicert.com/ultradns-public",
  },
  {
    operator: "Level 3",
    addresses: ["4.2.2.1", "4.2.2.2", "4.2.2.3", "4.2.2.4", "4.2.2.5", "4.2.2.6"],
    published: "not published by its operator; in use since the 1990s",
  },
  {
    operator: "Control D",
    addresses: ["76.76.2.0", "76.76.10.0", "2606:1a40::", "2606:1a40:1::"],
    published: "https://controld.com/free-dns",
  },
  {
    operator: "DNS.SB",
    addresses: ["185.222.222.222", "45.11.45.11", "2a09::", "2a11::"],
    published: "https://dns.sb",
  },
  { operator: "Hurricane Electric", addresses: ["74.82.42.42", "2001:470:20::2"], published: "https://dns.he.net" },
  {
    operator: "DNS4EU",
    addresses: ["86.54.11.1", "86.54.11.201", "86.54.11.100", "86.54.11.200", "2a13:1001::86:54:11:100", "2a13:1001::86:54:11:200"],
    published: "https://www.joindns4.eu/for-public",
  },
  { operator: "AliDNS", addresses: ["223.5.5.5", "223.6.6.6", "2400:3200::1", "2400:3200:baba::1"], published: "https://www.alidns.com" },
  { operator: "DNSPod", addresses: ["119.29.29.29", "2402:4e00::"], published: "https://www.dnspod.cn/products/publicdns" },
  { operator: "114DNS", addresses: ["114.114.114.114", "114.114.115.115"], published: "https://www.114dns.com" },
  {
    operator: "Yandex",
    addresses: ["77.88.8.8", "77.88.8.1", "2a02:6b8::feed:ff", "2a02:6b8:0:1::feed:ff"],
    published: "https://dns.yandex.com",
  },
];

/** The root servers, a to m (root-servers.org; the named.root file of IANA). */
export const ROOT_SERVERS: readonly string[] = [
  "198.41.0.4",
  "170.247.170.2",
  "192.33.4.12",
  "199.7.91.13",
  "192.203.230.10",
  "192.5.5.241",
  "192.112.36.4",
  "198.97.190.53",
  "192.36.148.17",
  "192.58.128.30",
  "193.0.14.129",
  "199.7.83.42",
  "202.12.27.33",
  "2001:503:ba3e::2:30",
  "2801:1b8:10::b",
  "2001:500:2::c",
  "2001:500:2d::d",
  "2001:500:a8::e",
  "2001:500:2f::f",
  "2001:500:12::d0d",
  "2001:500:1::53",
  "2001:7fe::53",
  "2001:503:c27::2:30",
  "2001:7fd::1",
  "2001:500:9f::42",
  "2001:dc3::35",
];
