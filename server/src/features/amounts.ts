// Ages and sizes in words.

import * as l10n from "@vscode/l10n";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago something was, roughly. @param age in milliseconds. */
export function ageWords(age: number): string {
  if (age < 10 * second) return l10n.t("just now");
  if (age < minute) return l10n.t("{0} s ago", Math.round(age / second));
  if (age < hour) return l10n.t("{0} min ago", Math.round(age / minute));
  if (age < day) return l10n.t("{0} h ago", Math.round(age / hour));
  return l10n.t("{0} days ago", Math.round(age / day));
}

/** A number of bytes in megabytes. */
export function sizeWords(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
