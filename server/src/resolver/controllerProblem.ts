// Why Knative's controller cannot resolve an image that this machine resolved: what differs between the two.

import * as l10n from "@vscode/l10n";
import { isDigest } from "../image/digest.ts";
import { registryScheme } from "../image/registryScheme.ts";
import { isAtLeast, type VersionProfile } from "../knative/config/versionProfile.ts";
import { isGoodPingStatus, type Ping } from "../registry/transport/hostTraits.ts";
import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import type { ControllerTraits } from "../registry/transport/ping.ts";
import { noBody, statusWords } from "./knativeWords.ts";
import type { ControllerProblem, ManifestKey } from "./resolution.ts";

type Rule = (question: Question) => ControllerProblem | undefined;

interface Question {
  readonly key: ManifestKey;
  readonly answer: Pick<ManifestAnswer, "byToken">;
  readonly traits: ControllerTraits;
  readonly profile: Pick<VersionProfile, "version" | "resolverTlsMinimum">;
  /** Whether Knative also tries http (go-containerregistry `Registry.Scheme`). */
  readonly triesHttp: boolean;
}

/**
 * The first thing that Knative's controller would fail at, in the order in which it meets them; undefined if nothing
 * is known against it, and for a digest, about which it asks nobody.
 * @param traits what is known of the registry's host, as this machine reached it.
 * @param profile the Knative release.
 */
export function controllerProblem(
  key: ManifestKey,
  answer: Pick<ManifestAnswer, "byToken">,
  traits: ControllerTraits,
  profile: Question["profile"],
): ControllerProblem | undefined {
  if (isDigest(key.reference)) return undefined;
  const triesHttp = registryScheme(key.registry) === "http";
  // Knative asks such a name over http at port 80 as well, about which nothing is known here.
  if (triesHttp && traits.scheme === "https" && !/:\d+$/.test(key.registry)) return undefined;
  const question = { key, answer, traits, profile, triesHttp };
  for (const rule of rules) {
    const problem = rule(question);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const plainHttp: Rule = ({ key: { registry }, traits, triesHttp }) => {
  if (traits.scheme !== "http" || triesHttp) return undefined;
  return {
    message: l10n.t(
      "Knative's controller cannot resolve this image: it contacts {0} over https only, and {0} answered over plain http.",
      registry,
    ),
    fix: l10n.t(
      "Fix: serve {0} over https with a certificate that the controller trusts, or put it on the skip list.",
      registry,
    ),
    knative: `${httpsPing(registry)}: http: server gave HTTP response to HTTPS client`,
  };
};

const tlsMinimum: Rule = ({ key: { registry }, traits, profile }) => {
  const { tlsVersion, scheme } = traits;
  const version = /^TLSv(1(?:\.\d)?)$/.exec(tlsVersion ?? "")?.[1];
  if (scheme !== "https" || version === undefined || version >= profile.resolverTlsMinimum)
    return undefined;
  return {
    message: l10n.t(
      "Knative's controller cannot resolve this image: {0} uses TLS {1}, and Knative {2} requires TLS {3}.",
      registry,
      version,
      profile.version,
      profile.resolverTlsMinimum,
    ),
    fix: l10n.t(
      "Fix: enable TLS {1} on {0}, or set TAG_TO_DIGEST_TLS_MIN_VERSION=1.2 on Knative's controller.",
      registry,
      profile.resolverTlsMinimum,
    ),
    knative: `${httpsPing(registry)}: remote error: tls: protocol version not supported`,
  };
};

const certificate: Rule = ({ key: { registry }, traits, profile }) => {
  const { goRefusal, scheme } = traits;
  if (scheme !== "https" || goRefusal === undefined) return undefined;
  // Go refuses those since 1.23, with which Knative is built since 1.18.
  if (goRefusal.endsWith("negative serial number") && !isAtLeast(profile.version, "1.18"))
    return undefined;
  const isName = /Common Name|valid for|not valid|IP SANs/.test(goRefusal);
  return {
    message: l10n.t(
      "Knative's controller cannot resolve this image: it rejects the certificate of {0}, which this machine accepts.",
      registry,
    ),
    fix: isName
      ? l10n.t(
          "Fix: issue a certificate that names {0} as a subject alternative name (SAN).",
          registry,
        )
      : l10n.t("Fix: issue another certificate for {0}.", registry),
    knative: `${httpsPing(registry)}: ${goRefusal}`,
  };
};

const pingAnswer: Rule = ({ key: { registry }, traits, triesHttp }) => {
  const { ping, scheme } = traits;
  if (ping === undefined || isGoodPingStatus(ping.status)) return undefined;
  const plain = scheme === "http";
  const words = pingWords(ping, `${plain ? "http" : "https"}://${registry}/v2/`);
  const first = `${httpsPing(registry)}: http: server gave HTTP response to HTTPS client`;
  return {
    message:
      ping.status === 0
        ? l10n.t(
            "Knative's controller cannot resolve this image: it requests /v2/ from {0} first, and gets no response.",
            registry,
          )
        : l10n.t(
            "Knative's controller cannot resolve this image: it requests /v2/ from {0} first, and gets {1} instead of 200 or 401.",
            registry,
            ping.status,
          ),
    fix: l10n.t("Fix: let {0} answer /v2/ as the distribution specification says.", registry),
    knative: plain && triesHttp ? `${first}; ${words}` : words,
  };
};

const realm: Rule = ({ key, traits: { ping } }) => {
  if (ping?.bearer !== true || ping.badRealm === undefined) return undefined;
  const scope = encodeURIComponent(`repository:${key.repository}:pull`);
  return {
    message: l10n.t(
      "Knative's controller cannot resolve this image: the token service (realm) of {0} is not an absolute URL.",
      key.registry,
    ),
    fix: l10n.t("Fix: configure {0} to name its token service with an absolute URL.", key.registry),
    knative:
      ping.badRealm === ""
        ? "malformed www-authenticate, missing realm"
        : `Get "${ping.badRealm}?scope=${scope}": unsupported protocol scheme ""`,
  };
};

/** After `/v2/` without a Bearer challenge go-containerregistry never gets a token (transport.go `NewWithContext`). */
const tokenNeeded: Rule = ({ key, answer, traits: { ping, scheme } }) => {
  if (ping === undefined || ping.bearer || !answer.byToken) return undefined;
  const { registry, repository, reference } = key;
  const url = `${scheme ?? "https"}://${registry}/v2/${repository}/manifests/${reference}`;
  return {
    message: l10n.t(
      "Knative's controller cannot resolve this image: {0} requires a token, but does not say so at /v2/, where Knative looks.",
      registry,
    ),
    fix: l10n.t("Fix: let {0} answer /v2/ with 401 and the same challenge.", registry),
    knative: `HEAD ${url}: ${statusWords(401)} ${noBody}`,
  };
};

const rules: readonly Rule[] = [plainHttp, tlsMinimum, certificate, pingAnswer, realm, tokenNeeded];

function httpsPing(registry: string): string {
  return `Get "https://${registry}/v2/"`;
}

function pingWords({ status, error }: Ping, url: string): string {
  if (status === 0) return `Get "${url}": EOF`;
  if (error?.code !== undefined)
    return `GET ${url}: ${error.code}: ${error.message ?? ""}`.trimEnd();
  const body = error?.message === undefined ? "" : `: ${error.message}`;
  return `GET ${url}: ${statusWords(status)}${body}`;
}
