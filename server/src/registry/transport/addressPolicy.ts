// Which hosts and addresses may be contacted: the classes of addresses and of names.

import { withoutEnd } from "../../image/trim.ts";
import type { AddressClass } from "../../environment.ts";

/** `forbidden` addresses are never contacted, wherever they are named. */
export type HostClass = AddressClass | "forbidden";

const ranks: Readonly<Record<HostClass, number>> = {
  public: 0,
  private: 1,
  loopback: 2,
  forbidden: 3,
};

/** Whether something that may reach `reach` may contact an address or name of class `target`. */
export function mayReach(reach: AddressClass, target: HostClass): boolean {
  return ranks[target] <= ranks[reach];
}

/** The class less far inside of two. */
export function outermost(one: AddressClass, other: AddressClass): AddressClass {
  return ranks[one] <= ranks[other] ? one : other;
}

type Block = readonly [network: readonly number[], bits: number, hostClass: HostClass];

/** First match wins. 100.100.100.200, 168.63.129.16 and 192.0.0.192 are the metadata of clouds. */
const ipv4Blocks: readonly Block[] = [
  [[0, 0, 0, 0], 8, "forbidden"],
  [[169, 254, 0, 0], 16, "forbidden"],
  [[100, 100, 100, 200], 32, "forbidden"],
  [[168, 63, 129, 16], 32, "forbidden"],
  [[192, 0, 0, 192], 32, "forbidden"],
  [[224, 0, 0, 0], 4, "forbidden"],
  [[240, 0, 0, 0], 4, "forbidden"],
  [[127, 0, 0, 0], 8, "loopback"],
  [[10, 0, 0, 0], 8, "private"],
  [[172, 16, 0, 0], 12, "private"],
  [[192, 168, 0, 0], 16, "private"],
  [[100, 64, 0, 0], 10, "private"],
];

/**
 * The class of an IP address, as text without brackets. IPv6 forms that carry an IPv4 address
 * (mapped, translated, compatible, NAT64, 6to4, Teredo) have the class of that address. A text that is not an address is forbidden.
 */
export function classifyAddress(address: string): HostClass {
  const ipv4 = parseIpv4(address);
  if (ipv4 !== undefined) return classifyIpv4(ipv4);
  const ipv6 = parseIpv6(address);
  return ipv6 === undefined ? "forbidden" : classifyIpv6(ipv6);
}

/** Whether the text is an IPv4 or IPv6 address. */
function isAddress(text: string): boolean {
  return parseIpv4(text) !== undefined || parseIpv6(text) !== undefined;
}

/**
 * The class that a host has by its name alone, before it is looked up; an address has its own class.
 * @param hostname as `URL.hostname` gives it: lower case, IPv6 in brackets.
 */
export function classifyHost(hostname: string): HostClass {
  const name = withoutEnd(hostname.replace(/^\[(.*)\]$/, "$1"), ".");
  if (isAddress(name)) return classifyAddress(name);
  if (forbiddenNames.includes(name)) return "forbidden";
  if (/(^|\.)localhost$/.test(name)) return "loopback";
  if (!name.includes(".") || privateSuffixes.test(name)) return "private";
  return "public";
}

/** Names of clouds' metadata: behind a proxy the name is all that can be checked. */
const forbiddenNames: readonly string[] = [
  "",
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
];
const privateSuffixes = /\.(local|internal|lan|svc|intranet|home\.arpa)$/;

/** Ports that no browser contacts, since other protocols listen there (WHATWG Fetch, "bad port"); for http only. */
export function isBadPort(port: number): boolean {
  return badPorts.includes(port);
}

const badPorts: readonly number[] = [
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
];

/** Four octets, or undefined. Leading zeros are refused: readers disagree on them. */
export function parseIpv4(text: string): readonly number[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1);
  if (parts.some((part) => Number(part) > 255 || /^0\d/.test(part))) return undefined;
  return parts.map(Number);
}

/** Sixteen octets, or undefined. Zone identifiers are refused. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const dotted = /^(.*:)([\d.]+\.[\d.]+)$/.exec(text);
  const tail = dotted === null ? [] : parseIpv4(dotted[2] ?? "");
  if (tail === undefined) return undefined;
  // The dotted end counts as two groups, which are put back as octets below.
  const plain = dotted === null ? text : `${dotted[1] ?? ""}0:0`;
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], rest = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const groups = [...head, ...rest];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - groups.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => "0"), ...rest];
  const octets = all.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
  return [...octets.slice(0, 16 - tail.length), ...tail];
}

/** Whether `octets` begin with the first `bits` bits of `network`. */
export function inNetwork(
  octets: readonly number[],
  network: readonly number[],
  bits: number,
): boolean {
  return network.every((octet, index) => {
    const counted = Math.min(8, Math.max(0, bits - index * 8));
    const mask = (0xff << (8 - counted)) & 0xff;
    return ((octets[index] ?? 0) & mask) === (octet & mask);
  });
}

function classifyIpv4(octets: readonly number[]): HostClass {
  for (const [network, bits, hostClass] of ipv4Blocks) {
    if (inNetwork(octets, network, bits)) return hostClass;
  }
  return "public";
}

type NamedBlock = readonly [network: string, bits: number, hostClass: HostClass];

const ipv6Blocks: readonly NamedBlock[] = [
  ["::", 128, "forbidden"],
  ["fe80::", 10, "forbidden"],
  ["ff00::", 8, "forbidden"],
  // Amazon's metadata and credentials, Google's metadata.
  ["fd00:ec2::", 64, "forbidden"],
  ["fd20:ce::254", 128, "forbidden"],
  ["::1", 128, "loopback"],
  ["fc00::", 7, "private"],
  ["fec0::", 10, "private"],
];

/** IPv6 networks whose addresses carry an IPv4 address, and where in the sixteen octets it stands. */
const carriers: readonly (readonly [network: string, bits: number, at: number])[] = [
  ["::ffff:0:0", 96, 12],
  ["::ffff:0:0:0", 96, 12],
  ["64:ff9b::", 96, 12],
  ["64:ff9b:1::", 48, 12],
  ["::", 96, 12],
  ["2002::", 16, 2],
  ["2001::", 32, 12],
];

function classifyIpv6(octets: readonly number[]): HostClass {
  for (const [network, bits, hostClass] of ipv6Blocks) {
    if (inNetwork(octets, parseIpv6(network) ?? [], bits)) return hostClass;
  }
  for (const [network, bits, at] of carriers) {
    if (!inNetwork(octets, parseIpv6(network) ?? [], bits)) continue;
    const carried = octets.slice(at, at + 4);
    // Teredo (2001::/32) carries the complement of the client's address.
    return classifyIpv4(network === "2001::" ? carried.map((octet) => octet ^ 0xff) : carried);
  }
  return "public";
}
