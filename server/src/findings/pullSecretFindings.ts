// Findings about pull secrets: keys that Knative never uses, and what breaks every image. Shows no credential.

import * as l10n from "@vscode/l10n";
import type { PullSecretSource } from "../document/analysis.ts";
import { placeInScalar } from "../document/yaml/scalarPlaces.ts";
import type { Span } from "../document/span.ts";
import type { Change } from "../edits/change.ts";
import { changeValue } from "../edits/configEdits.ts";
import { hasPlaceholder } from "../image/placeholder.ts";
import { decodeGoBase64 } from "../knative/go/goBase64.ts";
import {
  validatePullSecret,
  type PullSecretProblem,
} from "../knative/pullSecret/pullSecretProblems.ts";
import { pullSecretWords } from "../knative/pullSecret/pullSecretWords.ts";
import type { Finding, Fix } from "./finding.ts";
import { severityOf } from "./findingCodes.ts";
import type { FindingContext } from "./findingContext.ts";

/** @param text the YAML document that the secret stands in. */
export function pullSecretFindings(
  secret: PullSecretSource,
  text: string,
  context: FindingContext,
): Finding[] {
  if (secret.field === "data" && isToCome(secret.value.text)) return [];
  const decoded = secretText(secret);
  if (decoded.kind === "error") return notBase64(secret, decoded.message, context);
  const { registries } = context.facts;
  const problems = validatePullSecret({ text: decoded.text, type: secret.type }, registries).filter(
    (problem) => !isFilledIn(problem, decoded.text),
  );
  return problems.flatMap((problem) => {
    const severity = severityOf(problem.kind, context.settings);
    if (severity === "off") return [];
    const finding: Finding = {
      code: problem.kind,
      severity,
      message: pullSecretWords(problem),
      span: problemSpan(secret, problem, text),
      related: [],
      fixes: fixes(secret, problem, text),
    };
    return [finding];
  });
}

type SecretText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "error"; readonly message: string };

function secretText({ field, value }: PullSecretSource): SecretText {
  if (field === "stringData") return { kind: "text", text: value.text };
  const decoded = decodeGoBase64(value.text, true);
  if (decoded.kind === "error") return decoded;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(decoded.bytes);
  return { kind: "text", text };
}

/** The text of a secret, decoded; undefined if it cannot be, or is still to be filled in. It is a secret itself. */
export function readableSecret(secret: PullSecretSource): string | undefined {
  const decoded = secretText(secret);
  return decoded.kind === "error" || isToCome(decoded.text) ? undefined : decoded.text;
}

/**
 * What some tool or person puts in or decrypts before Kubernetes sees it: a placeholder, or words (`REDACTED`,
 * `your-base64-encoded-config`, `...`). A JSON text that was not encoded is none of it, and an encoded one has digits.
 */
function isToCome(text: string): boolean {
  if (/^ENC\[/.test(text) || isWords(text)) return true;
  return !/^\s*\{\s*"/.test(text) && hasPlaceholder(text);
}

/** Words in capitals, or several of them: no base64 has what stands between, and one word of it is none to tell. */
function isWords(text: string): boolean {
  if (!/^(?:[A-Za-z. _-]|base64|BASE64){1,80}$/.test(text)) return false;
  return /^[A-Z64_]+$/.test(text) || /[. _-]/.test(text);
}

/** Whether a problem may be gone once some tool has filled in what stands there. */
function isFilledIn(problem: PullSecretProblem, text: string): boolean {
  // JSON's own braces close where a template's would.
  return hasPlaceholder(
    problem.kind === "pull-secret-invalid" ? text.replaceAll("}", " ") : problem.key,
  );
}

/** `data` that the API server refuses: without the Secret no image of the Revision is resolved. */
function notBase64({ value }: PullSecretSource, cause: string, context: FindingContext): Finding[] {
  const code = "pull-secret-invalid";
  const severity = severityOf(code, context.settings);
  if (severity === "off") return [];
  const message = l10n.t("Not valid base64: Kubernetes refuses this Secret ({0}).", cause);
  return [{ code, severity, message, span: value.span, related: [], fixes: [] }];
}

/** Encoded text shows no single key: there the whole value is meant. */
function problemSpan(secret: PullSecretSource, problem: PullSecretProblem, text: string): Span {
  if (secret.field === "data") return secret.value.span;
  return placeInScalar(secret.value, problem, text).span;
}

function fixes(secret: PullSecretSource, problem: PullSecretProblem, text: string): Fix[] {
  if (problem.kind !== "pull-secret-never-matches" || problem.works === undefined) return [];
  const change = { start: problem.start, end: problem.end, text: problem.works };
  const changes =
    secret.field === "data"
      ? encodedChanges(secret, change)
      : placeInScalar(secret.value, problem, text).exact
        ? changeValue(secret.value, change, text)
        : undefined;
  if (changes === undefined) return [];
  const title = l10n.t("Change “{0}” to “{1}”", problem.key, problem.works);
  return [{ title, changes, isPreferred: true }];
}

/** A change of a secret's text inside its base64, if encoding it again gives every other byte as it was. */
function encodedChanges(
  { value }: PullSecretSource,
  change: Change,
): readonly Change[] | undefined {
  const { content, text } = value;
  const bytes = Buffer.from(text, "base64");
  const decoded = bytes.toString("utf8");
  const isExact = bytes.toString("base64") === text && Buffer.from(decoded, "utf8").equals(bytes);
  if (!isExact || content === undefined) return undefined;
  const after = decoded.slice(0, change.start) + change.text + decoded.slice(change.end);
  return [{ ...content, text: Buffer.from(after, "utf8").toString("base64") }];
}
