// Replaces a file as a whole: whoever reads it sees the old text or the new one, whatever happens.

import { randomBytes } from "node:crypto";
import { access, constants, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

/** Writing went well, or why the file was left as it was. */
export type WriteAnswer = "written" | "changed-meanwhile" | "denied" | "failed";

/**
 * Puts `after` in the place of `before`. The new text is written beside the file, brought to the disk and renamed;
 * the mode and, where that is allowed, the owner stay. A link stays a link: what it points at is replaced.
 * A file that no longer holds `before` was changed by somebody else and is left alone. Never rejects.
 */
export async function writeFileAtomically(
  file: string,
  before: string,
  after: string,
): Promise<WriteAnswer> {
  try {
    const target = await realpath(file);
    // Renaming would get past the mode of a file that its owner made read-only.
    await access(target, constants.W_OK);
    if (!(await holds(target, before))) return "changed-meanwhile";
    const { mode, uid, gid } = await stat(target);
    const beside = await writeBeside(target, after, { mode, uid, gid });
    try {
      // Asked once more, since writing took its time.
      if (!(await holds(target, before))) return await withdrawn(beside);
      await rename(beside, target);
    } catch (error) {
      await withdrawn(beside);
      throw error;
    }
    return "written";
  } catch (error) {
    return answerOf(error);
  }
}

async function holds(file: string, text: string): Promise<boolean> {
  return (await readFile(file)).equals(Buffer.from(text, "utf8"));
}

async function withdrawn(beside: string): Promise<"changed-meanwhile"> {
  await rm(beside, { force: true });
  return "changed-meanwhile";
}

/** The name begins with a dot and has another ending, so that no tool takes it for a manifest. */
async function writeBeside(
  target: string,
  text: string,
  { mode, uid, gid }: { readonly mode: number; readonly uid: number; readonly gid: number },
): Promise<string> {
  const name = `.${path.basename(target)}.${randomBytes(6).toString("hex")}.tmp`;
  const beside = path.join(path.dirname(target), name);
  const handle = await open(beside, "wx", 0o600);
  try {
    await handle.writeFile(text, "utf8");
    const own = await handle.stat();
    // Only root may give files away; others keep theirs, which is what every editor does.
    if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid).catch(() => undefined);
    await handle.chmod(mode & 0o7777);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(beside, { force: true });
    throw error;
  }
  await handle.close();
  return beside;
}

function answerOf(error: unknown): WriteAnswer {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "changed-meanwhile";
  return code === "EACCES" || code === "EPERM" || code === "EROFS" ? "denied" : "failed";
}
