// Replaces a file atomically: a reader sees the old text or the new one, whatever happens.

import { randomBytes } from "node:crypto";
import { access, constants, open, realpath, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { copyAttributes } from "./fileAttributes.ts";
import { readRegularFile } from "./regularFile.ts";
import { renameOver } from "./renameOver.ts";

/** Writing went well, or why the file was left as it was. */
export type WriteAnswer =
  | "written"
  /** The same, and other names of the file (hard links) still hold the old text. */
  | "written-apart"
  | "changed-meanwhile"
  | "denied"
  | "full"
  /** Its extended attributes, access control list or label would have been lost. */
  | "attributes-lost"
  | "failed";

/** A file name of most systems has at most 255 bytes, and the temporary one has 18 more than the file's. */
const maxNameBytes = 237;

/**
 * Puts `after` in the place of `before`. The new text is written to a file next to it, brought to the disk and renamed;
 * the mode and, where that is allowed, the owner stay. A link stays a link: what it points at is replaced.
 * A file that no longer holds `before` was changed meanwhile and is left alone. Never rejects.
 * @param keepsAttributes whether it has attributes that must be copied (see `haveAttributes`)
 */
export function writeFileAtomically(
  file: string,
  before: string,
  after: string,
  keepsAttributes = false,
): Promise<WriteAnswer> {
  return replaceWhole(file, { before, after }, keepsAttributes ? copyAttributes : undefined);
}

/**
 * The same. @param copying how attributes are copied, if at all; tests change the file there, between the two questions
 * what it holds
 * @internal Exported for the tests.
 */
export async function replaceWhole(
  file: string,
  { before, after }: { readonly before: string; readonly after: string },
  copying: typeof copyAttributes | undefined,
): Promise<WriteAnswer> {
  try {
    const target = await realpath(file);
    // Renaming would get past the mode of a file that its owner made read-only.
    await access(target, constants.W_OK);
    if (!(await holds(target, before))) return "changed-meanwhile";
    const { nlink } = await stat(target);
    const temporary = path.join(path.dirname(target), temporaryName(path.basename(target)));
    try {
      await writeLike(target, temporary, { text: after, copying });
      // Checked once more, since writing took time.
      if (!(await holds(target, before))) return await withdrawn(temporary);
      await renameOver(temporary, target);
    } catch (error) {
      await withdrawn(temporary);
      throw error;
    }
    return nlink > 1 ? "written-apart" : "written";
  } catch (error) {
    return answerOf(error);
  }
}

/** Whether a file holds this text; what is not a regular file, or is longer by now, does not. */
async function holds(file: string, text: string): Promise<boolean> {
  const bytes = Buffer.from(text, "utf8");
  const read = await readRegularFile(file, bytes.length);
  if (read.kind === "bytes") return read.bytes.equals(bytes);
  if (read.problem === "denied") throw new NotReadable();
  if (read.problem === "folder" || read.problem === "failed") throw new Error(read.problem);
  return false;
}

async function withdrawn(temporary: string): Promise<"changed-meanwhile"> {
  await rm(temporary, { force: true });
  return "changed-meanwhile";
}

/** The name begins with a dot and has another ending, so that no tool takes it for a manifest. */
function temporaryName(name: string): string {
  const own = Buffer.byteLength(name) > maxNameBytes ? "knative-digest" : name;
  return `.${own}.${randomBytes(6).toString("hex")}.tmp`;
}

/** Writes a new file that has the mode, the owner and the attributes of another. */
async function writeLike(
  target: string,
  temporary: string,
  { text, copying }: { readonly text: string; readonly copying: typeof copyAttributes | undefined },
): Promise<void> {
  const handle = await open(temporary, "wx", 0o600);
  try {
    if (copying !== undefined && !(await copying(target, temporary))) throw new AttributesLost();
    await handle.truncate(0);
    await handle.writeFile(text, "utf8");
    await takeOwnerAndMode(handle, await stat(target));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function takeOwnerAndMode(
  handle: FileHandle,
  { mode, uid, gid }: { readonly mode: number; readonly uid: number; readonly gid: number },
): Promise<void> {
  const own = await handle.stat();
  // Only root may give files away; others keep theirs, which is what every editor does.
  if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid).catch(() => undefined);
  await handle.chmod(mode & 0o7777);
}

class AttributesLost extends Error {}
class NotReadable extends Error {}

function answerOf(error: unknown): WriteAnswer {
  if (error instanceof AttributesLost) return "attributes-lost";
  if (error instanceof NotReadable) return "denied";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "changed-meanwhile";
  if (code === "ENOSPC" || code === "EDQUOT") return "full";
  return code === "EACCES" || code === "EPERM" || code === "EROFS" ? "denied" : "failed";
}
