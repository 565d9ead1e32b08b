/** The shape of a list of assets, with its bounds. */
import { z } from "zod";
import { parseNetwork } from "../../model/address.ts";

/** More than any owner keeps by hand; with them a list of 16 MB, at most. */
export const MOST_ASSETS = 10_000;
export const MOST_NETWORKS = 65_536;

const word = z.string().trim().min(1).max(64);
const network = z
  .string()
  .trim()
  .refine((text) => parseNetwork(text) !== null, { message: "an address or a network in CIDR notation, such as 192.0.2.0/24" });
const service = z
  .string()
  .trim()
  .regex(/^(?:tcp|udp)\/\d{1,5}$/i, { message: "a transport and a port, such as tcp/443" })
  .refine((text) => Number(text.slice(4)) <= 65_535, { message: "a port is at most 65535" });

export const assetShape = z.strictObject({
  name: word,
  networks: z.array(network).min(1).max(4096),
  sector: word.optional(),
  role: word.optional(),
  services: z.array(service).max(1024).default([]),
  exposure: z.enum(["live", "dark"], { error: "live or dark" }).optional(),
});
export const assetsShape = z.strictObject({ assets: z.array(assetShape).min(1).max(MOST_ASSETS) });

/** Columns of the CSV form, and keys of the YAML form. */
export const ASSET_KEYS = Object.keys(assetShape.shape);

export const ASSETS_EXAMPLE = `# assets.yaml: what your networks hold. Check it with: precursor assets check assets.yaml
# Of networks that overlap the most specific counts. Only name and networks must be given.
assets:
  - name: web
    networks: [192.0.2.0/26, 2001:db8:1::/48]
    sector: retail              # your own words
    role: web
    services: [tcp/80, tcp/443] # meant to be open to everyone
    exposure: live              # live: hosts are here; dark: nothing is
  - name: plant
    networks: [198.51.100.0/24]
    sector: energy
    role: control
  - name: unused
    networks: [203.0.113.0/24]
    sector: retail
    exposure: dark
`;
