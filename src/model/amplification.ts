/** UDP services that attackers bounce amplified floods from (US-CERT TA14-017A; Rossow, NDSS 2014; memcached, CLDAP, WS-Discovery and others since). */
export const AMPLIFICATION_PORTS: ReadonlySet<number> = new Set([
  17, 19, 53, 69, 111, 123, 137, 161, 389, 427, 520, 1434, 1900, 3283, 3702, 5351, 5353, 10_001, 11_211, 27_015, 37_810,
]);
