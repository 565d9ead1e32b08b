/** Whose word the ratios stand on, as the report cites it. Read whole or in abstract, but for Bou-Harb 2016, of which only the title was seen. */
export const STATED = "stated judgement";
export const CISCO_2013 = "Cisco TRAC 2013, Massive Increase in Reconnaissance Activity";
export const CERT_POLSKA = "CERT Polska 2011, unusual traffic to port 0/TCP";
export const PAM_2021 = "Maghsoudlou, Gasser, Feldmann, PAM 2021 (port 0 traffic is mostly fragments)";
export const DURUMERIC = "Durumeric, Bailey, Halderman, USENIX Security 2014 (an Internet-wide view of scanning)";
export const MOORE = "Moore et al. 2006, Inferring Internet denial-of-service activity";
export const ROSSOW = "Rossow, NDSS 2014, Amplification Hell";
export const ANTONAKAKIS = "Antonakakis et al., USENIX Security 2017, Understanding the Mirai Botnet";
export const NMAP = "Nmap Network Scanning, ch. 5 and 8";
export const RICHTER_BERGER = "Richter, Berger, IMC 2019, Scanning the Scanners (most scanning is Internet-wide; some 30 % is localised)";
export const LIST_AGREEMENT = "Maltrail and ipsum (several lists that agree are evidence, one is a hint)";
export const MISCONFIGURATION =
  "stated judgement, after Bou-Harb, ICC 2016 (a model that tells misconfiguration from probing in darknet data)";
