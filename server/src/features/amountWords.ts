// Ages and sizes in words.

import * as l10n from "@vscode/l10n";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago something was, roughly. @param age in milliseconds; a clock that was set back counts as now. */
export function ageWords(age: number): string {
  if (age < 10 * second) return l10n.t("just now");
  if (age < minute) return l10n.t("{0} s ago", Math.floor(age / second));
  if (age < hour) return l10n.t("{0} min ago", Math.floor(age / minute));
  if (age < day) return l10n.t("{0} h ago", Math.floor(age / hour));
  if (age < 2 * day) return l10n.t("1 day ago");
  return l10n.t("{0} days ago", Math.floor(age / day));
}

/** When something will be, roughly: `in 20 s`. @param wait in milliseconds; what is due counts as soon. */
export function waitWords(wait: number): string {
  if (wait < 5 * second) return l10n.t("soon");
  if (wait < 2 * minute) return l10n.t("in {0} s", Math.ceil(wait / second));
  return l10n.t("in {0} min", Math.ceil(wait / minute));
}

/** A number of bytes in the unit in which people read it. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}
