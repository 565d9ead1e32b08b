/**
 * On which ports products of vendors that attackers like are reached, so that a list of disclosures without ports can be used. Default
 * ports as the vendors document them, by our own reading of their manuals; a product that runs elsewhere is missed, and a port such as
 * 443 is shared by many, which the base rate accounts for.
 */

export interface ProductPorts {
  /** Tested against "vendor product", in lower case. */
  readonly pattern: RegExp;
  /** As in `tcp/443`. */
  readonly ports: readonly string[];
}

/** The first that matches counts: a product stands before its vendor. */
export const PRODUCT_PORTS: readonly ProductPorts[] = [
  { pattern: /fortinet.*fortimanager/, ports: ["tcp/541", "tcp/443"] },
  { pattern: /fortinet/, ports: ["tcp/443", "tcp/4443", "tcp/8443", "tcp/10443"] },
  { pattern: /ivanti.*(endpoint manager mobile|epmm|mobileiron)/, ports: ["tcp/443", "tcp/8443"] },
  { pattern: /ivanti|pulse secure/, ports: ["tcp/443"] },
  { pattern: /citrix|netscaler/, ports: ["tcp/443", "tcp/80"] },
  { pattern: /palo alto/, ports: ["tcp/443", "tcp/4443"] },
  { pattern: /sonicwall/, ports: ["tcp/443", "tcp/4433"] },
  { pattern: /check point/, ports: ["tcp/443", "tcp/264", "tcp/18264"] },
  { pattern: /juniper/, ports: ["tcp/443", "tcp/80", "tcp/22"] },
  { pattern: /cisco.*smart install/, ports: ["tcp/4786"] },
  { pattern: /cisco.*(ios|nx-os)/, ports: ["tcp/443", "tcp/80", "tcp/22", "udp/161"] },
  { pattern: /cisco/, ports: ["tcp/443", "tcp/8443"] },
  { pattern: /f5 .*big-ip|big-ip/, ports: ["tcp/443", "tcp/8443"] },
  { pattern: /zyxel/, ports: ["tcp/443", "udp/500", "tcp/23"] },
  { pattern: /mikrotik/, ports: ["tcp/8291", "tcp/80", "tcp/22"] },
  { pattern: /sophos|watchguard/, ports: ["tcp/443", "tcp/4443", "tcp/4117", "udp/500"] },
  { pattern: /vmware.*(esxi)/, ports: ["udp/427", "tcp/427", "tcp/443", "tcp/902"] },
  { pattern: /vmware/, ports: ["tcp/443"] },
  { pattern: /oracle.*weblogic/, ports: ["tcp/7001", "tcp/7002"] },
  { pattern: /oracle.*e-business/, ports: ["tcp/8000", "tcp/443"] },
  { pattern: /apache.*activemq/, ports: ["tcp/61616", "tcp/8161"] },
  { pattern: /apache.*tomcat/, ports: ["tcp/8080", "tcp/8009"] },
  { pattern: /apache.*(kafka|rocketmq)/, ports: ["tcp/9092", "tcp/10911", "tcp/9876"] },
  { pattern: /apache.*solr/, ports: ["tcp/8983"] },
  { pattern: /jenkins/, ports: ["tcp/8080"] },
  { pattern: /atlassian.*confluence/, ports: ["tcp/8090", "tcp/443"] },
  { pattern: /jetbrains.*teamcity/, ports: ["tcp/8111"] },
  { pattern: /microsoft.*exchange/, ports: ["tcp/443", "tcp/25"] },
  { pattern: /microsoft.*(smb|server message block)/, ports: ["tcp/445"] },
  { pattern: /microsoft.*remote desktop/, ports: ["tcp/3389", "udp/3389"] },
  { pattern: /microsoft.*sharepoint/, ports: ["tcp/443", "tcp/80"] },
  { pattern: /microsoft.*sql server/, ports: ["tcp/1433", "udp/1434"] },
  { pattern: /samba/, ports: ["tcp/445", "tcp/139"] },
  { pattern: /redis/, ports: ["tcp/6379"] },
  { pattern: /mongodb/, ports: ["tcp/27017"] },
  { pattern: /elastic/, ports: ["tcp/9200"] },
  { pattern: /openssh/, ports: ["tcp/22"] },
  { pattern: /exim/, ports: ["tcp/25", "tcp/587"] },
  { pattern: /zimbra|synacor/, ports: ["tcp/443", "tcp/25", "tcp/7071"] },
  { pattern: /progress.*moveit|crushftp|cleo/, ports: ["tcp/443", "tcp/22", "tcp/8080"] },
  { pattern: /telnet|inetutils/, ports: ["tcp/23"] },
  { pattern: /huawei/, ports: ["tcp/37215"] },
  { pattern: /realtek/, ports: ["tcp/52869", "udp/9034"] },
  { pattern: /hikvision|dahua/, ports: ["tcp/80", "tcp/8000", "tcp/37777"] },
  { pattern: /d-link|netgear|tp-link|asus|draytek|tenda/, ports: ["tcp/80", "tcp/443", "tcp/8080"] },
  { pattern: /qnap|synology/, ports: ["tcp/8080", "tcp/443", "tcp/5000", "tcp/5001"] },
  { pattern: /veeam/, ports: ["tcp/9401", "tcp/8000"] },
  { pattern: /^sap /, ports: ["tcp/50000", "tcp/3200", "tcp/3300"] },
];

/** Ports of a product, `tcp/443`; none where it is not in the table. */
export function productPorts(vendor: string, product: string): readonly string[] {
  const name = `${vendor} ${product}`.toLowerCase();
  return PRODUCT_PORTS.find(({ pattern }) => pattern.test(name))?.ports ?? [];
}
