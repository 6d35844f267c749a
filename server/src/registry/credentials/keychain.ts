// The credential for an image at the time it is needed: from files, and from helpers where those say so.

import * as l10n from "@vscode/l10n";
import type { Clock, Log, RunCredentialHelper } from "../../environment.ts";
import { credentialPlace, secretsOf, type Credential } from "./credential.ts";
import { askHelper, type HelperAnswer } from "./credentialHelper.ts";
import {
  findCredential,
  findCredentials,
  findUnusedKey,
  type CredentialFile,
  type CredentialFinding,
  type UnusedKey,
} from "./findCredential.ts";
import { createInFlight } from "../../base/inFlight.ts";
import type { RepositoryName } from "../registryHost.ts";
import type { SecretsInHand } from "./secretsInHand.ts";

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
  /**
   * The credential for an image; runs a helper if the files say that it holds the secret.
   * @param mayRunHelper if false, the result is `needs-helper` where only a helper has the answer.
   */
  credentialFor(
    target: RepositoryName,
    signal: AbortSignal,
    mayRunHelper?: boolean,
  ): Promise<KeychainAnswer | "needs-helper">;
  /** Which credential would be used, for people: no helper is run. As strict as docker. */
  explain(target: RepositoryName): Promise<CredentialFinding>;
  /** A name for the place of the credential that would be used, empty for none; no helper is run. Not secret. */
  placeOf(target: RepositoryName): Promise<string>;
  /** Changes when a credential file does. Cheap: files are looked at every two seconds at most. */
  stamp(): Promise<string>;
  /** Forgets what helpers said. */
  clear(): void;
  /** Remembers secrets that this keychain did not read itself, so that nothing says them back. */
  remember(secrets: readonly string[]): void;
}

export interface KeychainParts {
  /** Reads the credential files that exist, in the order in which they count; cheap when nothing changed. */
  readonly readFiles: () => Promise<CredentialFiles>;
  readonly runHelper: RunCredentialHelper;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: SecretsInHand;
  /** Longer for a person's request, who may have to unlock something. */
  readonly helperTimeoutMs: () => number;
}

export interface CredentialFiles {
  readonly files: readonly CredentialFile[];
  readonly lookedIn: readonly string[];
  readonly notices: readonly string[];
}

const helperAnswerMs = 5 * 60_000;
const helperNothingMs = 60_000;

interface KeptHelperAnswer {
  readonly answer: HelperAnswer;
  readonly until: number;
  readonly id: string;
}

export function createKeychain(parts: KeychainParts): Keychain {
  const { secrets } = parts;
  const remembered = new WeakSet<CredentialFile>();
  const readFiles: KeychainParts["readFiles"] = async () => {
    const found = await parts.readFiles();
    for (const file of found.files) {
      if (remembered.has(file)) continue;
      remembered.add(file);
      for (const { secret } of file.config.auths) secretsOf(secret).forEach(secrets.add);
    }
    return found;
  };
  const helpers = createHelperMemory(parts);
  return {
    async credentialFor(target, signal, mayRunHelper = true) {
      const { files, lookedIn, notices: fileNotices } = await readFiles();
      const notices = [...fileNotices, ...files.flatMap(problemOf)];
      for (const finding of findCredentials(target, files)) {
        if (finding.kind === "helper" && !mayRunHelper) return "needs-helper";
        const credential = await credentialOf(finding, { helpers, notices, signal });
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
      return first === undefined || first.kind === "none" ? "" : credentialPlace(first.origin);
    },
    async stamp() {
      const { files } = await readFiles();
      return files.map(({ place, stamp }) => `${place} ${stamp}`).join("\n");
    },
    clear: () => helpers.clear(),
    remember: (more) => more.forEach(secrets.add),
  };
}

/** Recent answers of helpers, so that each is run once for a host. */
interface HelperMemory {
  ask(finding: HelperFinding, signal: AbortSignal): Promise<KeptHelperAnswer>;
  clear(): void;
}

function createHelperMemory(parts: KeychainParts): HelperMemory {
  const { clock } = parts;
  const answers = new Map<string, KeptHelperAnswer>();
  const inFlight = createInFlight<KeptHelperAnswer>();
  let count = 0;
  return {
    ask({ helper, serverKey, file }, signal) {
      const key = JSON.stringify([helper, serverKey, file.place, file.stamp]);
      const kept = answers.get(key);
      if (kept !== undefined && kept.until > clock.monotonic()) return Promise.resolve(kept);
      return inFlight.join(key, signal, async (shared) => {
        const answer = await askHelper(helper, serverKey, { ...parts, signal: shared });
        // The same secret keeps its id, so that its tokens and refusals stay known.
        const same = kept !== undefined && JSON.stringify(kept.answer) === JSON.stringify(answer);
        count += 1;
        const life = answer.kind === "secret" ? helperAnswerMs : helperNothingMs;
        const until = clock.monotonic() + life;
        const made: KeptHelperAnswer = { answer, until, id: same ? kept.id : `${key} ${count}` };
        answers.set(key, made);
        return made;
      });
    },
    clear: () => answers.clear(),
  };
}

async function credentialOf(
  finding: CredentialFinding,
  context: {
    readonly helpers: HelperMemory;
    readonly notices: string[];
    readonly signal: AbortSignal;
  },
): Promise<Credential | undefined> {
  if (finding.kind === "entry") {
    const { origin, secret, file } = finding;
    return { origin, secret, id: JSON.stringify([file.place, file.stamp, origin.key]) };
  }
  if (finding.kind !== "helper") return undefined;
  const { answer, id } = await context.helpers.ask(finding, context.signal);
  if (answer.kind === "problem") context.notices.push(answer.message);
  if (answer.kind !== "secret") return undefined;
  const username = answer.username === "" ? undefined : answer.username;
  return { origin: { ...finding.origin, username }, secret: answer.secret, id };
}

type HelperFinding = CredentialFinding & { readonly kind: "helper" };

function problemOf({ place, config }: CredentialFile): readonly string[] {
  if (config.problem === undefined) return [];
  return [l10n.t("{0} is not a valid docker configuration: {1}.", place, config.problem)];
}
