// The protocol of docker's credential helpers: what is asked, and what their answers mean.

import * as l10n from "@vscode/l10n";
import type { ProgramAnswer, ProgramFailure, RunCredentialHelper } from "../environment.ts";
import type { Secret } from "./credential.ts";
import { createSecretsInHand, type SecretsInHand } from "./secretsInHand.ts";
import { isRecord, parseJson, safeText } from "./serverText.ts";

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
      l10n.t("The credential helper {0} is not run: its name is not a plain file name.", name),
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
 * ones of letters and digits, may be a credential that nobody has seen yet.
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
    return problem(l10n.t("{0} gave an answer that is not understood.", program));
  }
  secrets.add(secret);
  if (username === "" || secret === "") return { kind: "nothing" };
  if (typeof server === "string" && server !== "" && hostOf(server) !== hostOf(serverKey)) {
    const other = secrets.areIn(server, serverKey) ? "" : safeText(hostOf(server));
    return problem(
      l10n.t(
        "{0} was asked for {1} and answered for another host ({2}), so its answer is not used.",
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
        "{0} was not found in the PATH of this process, and an editor started from the desktop may have a shorter PATH than your terminal: start it from the terminal, or add the folder to the PATH of your desktop session.",
        program,
      );
    case "timeout":
      return l10n.t(
        "{0} did not answer in time: unlock your keychain or run docker login, then refresh.",
        program,
      );
    case "too-much-output":
      return l10n.t("{0} wrote more than a credential.", program);
    case "failed":
      return l10n.t("{0} could not be run.", program);
  }
}
