// Where credentials stand on this machine: the environment's variables and the files of docker and podman.

import { stat } from "node:fs/promises";
import * as l10n from "@vscode/l10n";
import type { CredentialFiles } from "../registry/credentials/keychain.ts";
import { parseConfigFile } from "../registry/credentials/dockerConfig.ts";
import { readSmallFile } from "./files/regularFile.ts";
import type { CredentialFile } from "../registry/credentials/findCredential.ts";
import { credentialPlaces, type CredentialPlaces, type Place } from "./credentialPlaces.ts";
import { isReallyWithin } from "./files/insideFolder.ts";
import { utf16Text } from "./files/utf16.ts";

const maxFile = 1024 * 1024;
/** A file is looked at for changes at most this often. */
const statEveryMs = 2000;

/** Reads the files in the order in which they count; again only when one has changed. */
export function createCredentialFiles(places: CredentialPlaces): () => Promise<CredentialFiles> {
  let last: { readonly at: number; readonly answer: Promise<CredentialFiles> } | undefined;
  const known = new Map<string, CredentialFile>();
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at > statEveryMs) {
      last = { at: now, answer: readAll(places, known) };
    }
    return last.answer;
  };
}

async function readAll(
  places: CredentialPlaces,
  known: Map<string, CredentialFile>,
): Promise<CredentialFiles> {
  const files: CredentialFile[] = [];
  const notices: string[] = [];
  const list = credentialPlaces(places);
  for (const place of list) {
    if (place.file !== undefined && (await isReallyWithin(places.workspaceFolders(), place.file))) {
      notices.push(
        l10n.t("{0} is inside the workspace, so no credentials are read from it.", place.name),
      );
      continue;
    }
    try {
      const file = await read(place, known);
      if (file !== undefined) files.push(file);
    } catch (error) {
      notices.push(l10n.t("{0} cannot be read: {1}.", place.name, reasonOf(error)));
    }
  }
  return { files, lookedIn: list.map(({ name }) => name), notices };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error) return String(error.code);
  return error instanceof Error ? error.message : "";
}

async function read(
  place: Place,
  known: Map<string, CredentialFile>,
): Promise<CredentialFile | undefined> {
  const { source, format, name } = place;
  if (place.file === undefined) {
    const text = place.text ?? "";
    const stamp = `${text.length}`;
    return { source, format, place: name, stamp, config: parseConfigFile(text, format) };
  }
  const status = await stat(place.file).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (status === undefined) return undefined;
  const stamp = `${status.mtimeMs} ${status.size} ${status.ino}`;
  const before = known.get(place.file);
  if (before?.stamp === stamp) return before;
  const read = await readSmallFile(place.file, maxFile);
  if (read.kind === "problem") throw new Error(l10n.t("not a regular file of at most 1 MiB"));
  if (utf16Text(read.bytes) !== undefined) throw new Error(l10n.t("UTF-16 text, save it as UTF-8"));
  const config = parseConfigFile(read.bytes.toString("utf8"), format);
  const file: CredentialFile = { source, format, place: name, stamp, config };
  known.set(place.file, file);
  return file;
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code))
  );
}
