// Detects when this machine joins or leaves a network, by its addresses.

import { networkInterfaces } from "node:os";

/** The addresses of this machine as one string: another string means that the network changed. */
export function networkStamp(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .map(({ address }) => address)
    .sort()
    .join(" ");
}
