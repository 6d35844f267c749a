// The credential for an image at the time it is needed: from files, and from helpers where those say so.

import * as l10n from "@vscode/l10n";
import type { Clock, Log, RunCredentialHelper } from "../environment.ts";
import type { Credential } from "./credential.ts";
import { askHelper, type HelperAnswer } from "./credentialHelper.ts";
import {
  findCredential,
  findCredentials,
  findUnusedKey,
  type CredentialFile,
  type CredentialFinding,
  type CredentialTarget,
  type UnusedKey,
} from "./findCredential.ts";
import { createFlights } from "./flights.ts";

/** What a search for a credential gave. */
export interface KeychainAnswer {
  readonly credential: Credential | undefined;
  /** The files and variables that were searched. */
  readonly lookedIn: readonly string[];
  readonly unusedKey: UnusedKey | undefined;
  /** What went wrong, in sentences for people; nothing secret. */
  readonly notices: readonly string[];
}

export interface Keychain {
  /** The credential for an image; runs a helper if the files say that it holds the secret. */
  credentialFor(target: CredentialTarget, signal: AbortSignal): Promise<KeychainAnswer>;
  /** Which credential would be used, for people: no helper is run. As strict as docker. */
  explain(target: CredentialTarget): Promise<CredentialFinding>;
  /** A name for the place of the credential that would be used, empty for none; no helper is run. Not secret. */
  placeOf(target: CredentialTarget): Promise<string>;
  /** Remembers for ten minutes that a host refused a credential. */
  refuse(host: string, credential: Credential): void;
  isRefused(host: string, credential: Credential): boolean;
  /** Forgets what helpers said and what was refused. */
  clear(): void;
}

export interface KeychainParts {
  /** Reads the credential files that exist, in the order in which they count; cheap when nothing changed. */
  readonly readFiles: () => Promise<CredentialFiles>;
  readonly runHelper: RunCredentialHelper;
  readonly clock: Clock;
  readonly log: Log;
  /** Longer when a person asked and may have to unlock something. */
  readonly helperTimeoutMs: () => number;
}

export interface CredentialFiles {
  readonly files: readonly CredentialFile[];
  readonly lookedIn: readonly string[];
  readonly notices: readonly string[];
}

const refusedMs = 10 * 60_000;
const helperAnswerMs = 5 * 60_000;
const helperNothingMs = 60_000;

interface KeptAnswer {
  readonly answer: HelperAnswer;
  readonly until: number;
  readonly id: string;
}

export function createKeychain(parts: KeychainParts): Keychain {
  const { clock, readFiles } = parts;
  const refused = new Map<string, number>();
  const helperAnswers = new Map<string, KeptAnswer>();
  const flights = createFlights<KeptAnswer>();
  let answers = 0;

  const askOnce = async (
    { helper, serverKey, file }: HelperFinding,
    signal: AbortSignal,
  ): Promise<KeptAnswer> => {
    const key = JSON.stringify([helper, serverKey, file.place, file.stamp]);
    const kept = helperAnswers.get(key);
    if (kept !== undefined && kept.until > clock.monotonic()) return kept;
    return flights.join(key, signal, async (shared) => {
      const answer = await askHelper(helper, serverKey, { ...parts, signal: shared });
      answers += 1;
      const life = answer.kind === "secret" ? helperAnswerMs : helperNothingMs;
      // The same secret keeps its id, so that its tokens and refusals stay known.
      const same = kept !== undefined && JSON.stringify(kept.answer) === JSON.stringify(answer);
      const id = same ? kept.id : `${key} ${answers}`;
      const made: KeptAnswer = { answer, until: clock.monotonic() + life, id };
      helperAnswers.set(key, made);
      return made;
    });
  };

  const secretOf = async (
    finding: CredentialFinding,
    notices: string[],
    signal: AbortSignal,
  ): Promise<Credential | undefined> => {
    if (finding.kind === "entry") {
      const { origin, secret, file } = finding;
      return { origin, secret, id: JSON.stringify([file.place, file.stamp, origin.key]) };
    }
    if (finding.kind !== "helper") return undefined;
    const { answer, id } = await askOnce(finding, signal);
    if (answer.kind === "problem") notices.push(answer.message);
    if (answer.kind !== "secret") return undefined;
    const username = answer.username === "" ? undefined : answer.username;
    return { origin: { ...finding.origin, username }, secret: answer.secret, id };
  };

  return {
    async credentialFor(target, signal) {
      const { files, lookedIn, notices: fileNotices } = await readFiles();
      const notices = [...fileNotices, ...files.flatMap(problemOf)];
      for (const finding of findCredentials(target, files)) {
        const credential = await secretOf(finding, notices, signal);
        if (credential !== undefined) {
          return { credential, lookedIn, unusedKey: undefined, notices };
        }
      }
      const unusedKey = findUnusedKey(target, files);
      return { credential: undefined, lookedIn, unusedKey, notices };
    },
    async explain(target) {
      return findCredential(target, (await readFiles()).files);
    },
    async placeOf(target) {
      const [first] = findCredentials(target, (await readFiles()).files);
      return first === undefined || first.kind === "none"
        ? ""
        : `${first.origin.source} ${first.origin.key}`;
    },
    refuse: (host, { id }) => void refused.set(`${host} ${id}`, clock.monotonic() + refusedMs),
    isRefused: (host, { id }) => (refused.get(`${host} ${id}`) ?? 0) > clock.monotonic(),
    clear() {
      refused.clear();
      helperAnswers.clear();
    },
  };
}

type HelperFinding = CredentialFinding & { readonly kind: "helper" };

function problemOf({ place, config }: CredentialFile): readonly string[] {
  if (config.problem === undefined) return [];
  return [l10n.t("{0} cannot be read as docker reads it: {1}.", place, config.problem)];
}
