// Which release's rules a hover goes by, where it depends on that.

import * as l10n from "@vscode/l10n";
import { newestKnownVersion, versionProfile } from "../knative/config/versionProfile.ts";
import type { HoverFacts } from "./imageFacts.ts";

/**
 * At most one sentence: always where the release is newer than those that are known here, and where it matters if it is
 * an older one that somebody has set.
 */
export function versionWords({ state, knativeVersion }: HoverFacts): string[] {
  if (state.use.platform === "cloud-run") return [];
  const { version, assumed } = versionProfile(knativeVersion);
  if (assumed) {
    return [
      l10n.t(
        "Rules of Knative {0}, the newest known here; the setting says {1}",
        newestKnownVersion,
        version,
      ),
    ];
  }
  if (version === newestKnownVersion) return [];
  const resolution = (state.tag ?? state.pin)?.resolution;
  const matters =
    state.outcome.kind === "reject" ||
    (resolution?.status === "failed" && resolution.error.knative !== undefined) ||
    (resolution?.status === "resolved" && resolution.notices.length > 0);
  return matters ? [l10n.t("Rules of Knative {0}", version)] : [];
}
