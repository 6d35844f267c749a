// A value of `config-deployment` that Knative refuses, and the one that was meant.

import type { ConfigKey, ConfigValueType } from "./configKeys.ts";
import { parseDuration } from "../go/goDuration.ts";
import { trimSpace } from "../go/goText.ts";
import { quantityProblem } from "../go/quantity.ts";

/**
 * The value that was most likely meant by one that Knative refuses: `10` seconds become `10s`, `yes` becomes `true`,
 * `400mi` becomes `400Mi`. Undefined if nothing is plain.
 */
export function suggestedValue(key: ConfigKey, value: string): string | undefined {
  const candidates = readings(key.type, trimSpace(value));
  return candidates.find((candidate) => candidate !== value && isTaken(key, candidate));
}

function isTaken(key: ConfigKey, value: string): boolean {
  switch (key.type) {
    case "duration": {
      const duration = parseDuration(value);
      return duration.kind === "duration" && duration.nanoseconds > 0n;
    }
    case "quantity":
      return quantityProblem(value) === undefined && /\d/.test(value);
    case "boolean":
    case "affinity":
      return key.values.includes(value);
    case "image":
    case "registries":
    case "string-set":
    case "string":
    case "runtime-classes":
      return false;
  }
}

/** What the text may mean, nearest first. */
function readings(type: ConfigValueType, text: string): readonly string[] {
  switch (type) {
    case "duration":
      return durationReadings(text);
    case "quantity":
      return quantityReadings(text);
    case "boolean":
      return booleanReadings(text.toLowerCase());
    case "affinity":
      return [text, text.toLowerCase().replace(/[\s_]+/g, "-")];
    case "image":
    case "registries":
    case "string-set":
    case "string":
    case "runtime-classes":
      return [];
  }
}

function durationReadings(text: string): readonly string[] {
  const days = /^(\d+)\s*d(?:ays?)?$/i.exec(text)?.[1];
  const compact = text
    .replace(/[\s,]+/g, "")
    .toLowerCase()
    .replace(/hours?|hrs?/g, "h")
    .replace(/milliseconds?|millis|msecs?/g, "ms")
    .replace(/minutes?|mins?/g, "m")
    .replace(/seconds?|secs?/g, "s");
  return [
    text,
    compact,
    `${text}s`,
    ...(days === undefined ? [] : [`${String(Number(days) * 24)}h`]),
  ];
}

function quantityReadings(text: string): readonly string[] {
  const [, amount = "", unit = ""] = /^([\d.,]+)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const number = amount.replace(",", ".");
  const prefix = /^([kmgtpe])(i)?b?$/i.exec(unit);
  const binary = prefix?.[2] === undefined ? "" : "i";
  const letter = prefix?.[1] ?? "";
  // Kubernetes requires a capital before `i`; without it thousand is the small k.
  const capital = letter.toLowerCase() === "k" && binary === "" ? "k" : letter.toUpperCase();
  const small = /^(?:millicores?|milli|mcpu|mcores?)$/i.test(unit) ? ["m"] : [];
  return [text, ...[unit, ...small, `${capital}${binary}`].map((suffix) => `${number}${suffix}`)];
}

function booleanReadings(text: string): readonly string[] {
  if (/^(?:true|yes|y|on|enabled?)$/.test(text)) return ["true"];
  return /^(?:false|no|n|off|disabled?|none)$/.test(text) ? ["false"] : [];
}
