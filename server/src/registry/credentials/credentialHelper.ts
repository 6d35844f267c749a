// The protocol of docker's credential helpers: requests, and the meaning of their answers.

import * as l10n from "@vscode/l10n";
import { isRecord } from "../../base/record.ts";
import type { ProgramAnswer, ProgramFailure, RunCredentialHelper } from "../../environment.ts";
import type { Secret } from "./credential.ts";
import { createSecretsInHand, type SecretsInHand } from "./secretsInHand.ts";
import { parseJson, safeText } from "../transport/serverText.ts";

export type HelperAnswer =
  | { readonly kind: "secret"; readonly secret: Secret; readonly username: string }
  /** The helper holds nothing for the host. */
  | { readonly kind: "nothing" }
  /** In a sentence for people. */
  | { readonly kind: "problem"; readonly message: string };

const suffixPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** Long words of letters and digits, which may be credentials; those of paths and names of hosts are none. */
const longWords = /(?<![\w/.+=-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{20,}/g;
const notFound = "credentials not found in native keychain";

/**
 * Runs `docker-credential-<helper> get` for a server key and reads its answer (docker-credential-helpers).
 * A name that could lead out of the PATH is refused. An answer for another host is ignored:
 * some keychains match approximately.
 */
export async function askHelper(
  helper: string,
  serverKey: string,
  parts: {
    readonly runHelper: RunCredentialHelper;
    readonly helperTimeoutMs: () => number;
    readonly signal: AbortSignal;
    readonly secrets: SecretsInHand;
  },
): Promise<HelperAnswer> {
  if (!suffixPattern.test(helper) || helper.includes("..")) {
    const name = JSON.stringify(safeText(helper));
    return problem(
      l10n.t("{0} is not run as a credential helper: it is not a plain file name.", name),
    );
  }
  const program = `docker-credential-${helper}`;
  const timeoutMs = parts.helperTimeoutMs();
  const answer = await parts.runHelper(helper, serverKey, { timeoutMs, signal: parts.signal });
  if (typeof answer === "string") return problem(failureText(program, answer));
  const text = answer.stdout.trim();
  if (answer.exitCode === 0)
    return readAnswer(text, serverKey, { program, secrets: parts.secrets });
  if (text.split("\n", 1)[0]?.trim() === notFound) return { kind: "nothing" };
  return problem(failedText(program, answer, parts.secrets));
}

function problem(message: string): HelperAnswer {
  return { kind: "problem", message };
}

/**
 * A helper's error stands on standard output (docker-credential-helpers), where credentials do, too, so nothing of that
 * is shown: of standard error the first line, unless it repeats anything of standard output. A word alone, and long
 * ones of letters and digits, may be a credential that is not known yet.
 */
function failedText(
  program: string,
  { stdout, stderr, exitCode }: ProgramAnswer,
  secrets: SecretsInHand,
): string {
  const line =
    stderr
      .split("\n")
      .find((one) => one.trim() !== "")
      ?.trim() ?? "";
  const own = createSecretsInHand();
  for (const word of stdout.split(/\s+/)) own.add(word);
  const isRepeated = !/\s/.test(line) || secrets.areIn(line) || own.areIn(line);
  const said = isRepeated ? "" : safeText(line.replace(longWords, "…"));
  return said === ""
    ? l10n.t(
        "{0} failed (exit code {1}): run it in a terminal to see why, since its output may hold a credential and is not shown.",
        program,
        exitCode,
      )
    : l10n.t("{0} failed: {1}", program, said);
}

function readAnswer(
  text: string,
  serverKey: string,
  { program, secrets }: { readonly program: string; readonly secrets: SecretsInHand },
): HelperAnswer {
  const json = parseJson(text);
  const { ServerURL: server, Username: username, Secret: secret } = isRecord(json) ? json : {};
  if (typeof username !== "string" || typeof secret !== "string") {
    return problem(l10n.t("{0} printed unexpected output.", program));
  }
  secrets.add(secret);
  if (username === "" || secret === "") return { kind: "nothing" };
  if (typeof server === "string" && server !== "" && hostOf(server) !== hostOf(serverKey)) {
    const other = secrets.areIn(server, serverKey) ? "" : safeText(hostOf(server));
    return problem(
      l10n.t(
        "{0} returned a credential for {2} instead of {1}, so it is not used.",
        program,
        hostOf(serverKey),
        other,
      ),
    );
  }
  if (username === "<token>") {
    const token: Secret = { kind: "identity-token", token: secret, username: "", password: "" };
    return { kind: "secret", secret: token, username: "" };
  }
  return { kind: "secret", secret: { kind: "password", username, password: secret }, username };
}

function hostOf(server: string): string {
  return (
    server
      .toLowerCase()
      .replace(/^https?:\/\//, "")
      .split("/", 1)[0] ?? ""
  );
}

function failureText(program: string, failure: ProgramFailure): string {
  switch (failure) {
    case "not-found":
      return l10n.t(
        "{0} not found in PATH: start the editor from a terminal, whose PATH may be longer, or add the folder of {0} to the PATH of your desktop session.",
        program,
      );
    case "timeout":
      return l10n.t(
        "{0} timed out: unlock your keychain or run docker login, then refresh.",
        program,
      );
    case "too-much-output":
      return l10n.t("{0} printed too much output.", program);
    case "failed":
      return l10n.t("{0} cannot be run.", program);
  }
}
