// Every way in which a registry can give no digest.

import type { FailureKind } from "../../server/src/resolver/resolution.ts";

const all: Readonly<Record<FailureKind, true>> = {
  "tag-not-found": true,
  "digest-not-found": true,
  "access-denied": true,
  "certificate-untrusted": true,
  "registry-unreachable": true,
  "rate-limited": true,
  "no-digest-header": true,
  "invalid-response": true,
  blocked: true,
};

export const failureKinds = Object.keys(all) as readonly FailureKind[];
