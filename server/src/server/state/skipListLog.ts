// Tells the log which skip lists apply to what is open, once for each list.

import type { Log } from "../../environment.ts";
import { originWords } from "../../findings/skipWords.ts";
import type { SkipList } from "../../workspace/effectiveSkipList.ts";

/** Lists that are remembered: more are logged again. */
const maxLogged = 50;

/** @returns a function to be called with the list of a file; it writes what it has not written before */
export function createSkipListLog(log: Log): (list: SkipList) => void {
  const logged = new Set<string>();
  return (list) => {
    const names = [...list.registries].filter((name) => name !== "").sort();
    const where = list.location === undefined ? "" : `, ${list.location.uri}`;
    const line = `skip list: ${names.join(", ") || "no registry"} (${originWords(list)}${where})`;
    if (logged.has(line)) return;
    if (logged.size >= maxLogged) logged.clear();
    logged.add(line);
    log("info", line);
  };
}
