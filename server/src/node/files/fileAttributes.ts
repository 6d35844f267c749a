// Extended attributes, access control lists and labels of files, which Node cannot read: the system's own programs can.

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";

/** By their places and not by the PATH, which may name a folder of anybody. */
const programs = {
  tar: ["/usr/bin/tar", "/bin/tar"],
  cp: ["/usr/bin/cp", "/bin/cp"],
} as const;

/** How GNU tar names them in its headers. */
const marks = ["SCHILY.xattr.", "SCHILY.acl.", "RHT.security.selinux"];

/**
 * Whether one of these files has attributes that a new file in its place would lack. It may say so where there are
 * none, and says no where the system has no program to read them.
 */
export async function haveAttributes(files: readonly string[]): Promise<boolean> {
  if (process.platform === "darwin") return files.length > 0;
  const tar = programs.tar.find((file) => existsSync(file));
  if (process.platform !== "linux" || tar === undefined || files.length === 0) return false;
  // An archive to nowhere: the only thing on every system that prints the attributes of many files at once.
  const child = spawn(
    tar,
    [
      ...["--create", "--file=-", "--absolute-names", "--no-recursion", "--xattrs", "--acls"],
      ...["--xattrs-include=*", "--selinux", "--null", "--verbatim-files-from", "--files-from=-"],
    ],
    { stdio: ["pipe", "pipe", "ignore"], env: {} },
  );
  child.stdin.on("error", () => undefined);
  child.stdin.end(files.map((file) => `${file}\0`).join(""));
  return new Promise((resolve) => {
    let tail = "";
    child.stdout.on("data", (chunk: Buffer) => {
      const text = tail + chunk.toString("latin1");
      tail = text.slice(-32);
      if (!marks.some((mark) => text.includes(mark))) return;
      resolve(true);
      child.kill();
    });
    child.on("error", () => resolve(false));
    child.on("close", () => resolve(false));
  });
}

/**
 * Gives a new file the attributes of another. Its content is lost on macOS.
 * @returns whether that went well
 */
export function copyAttributes(from: string, to: string): Promise<boolean> {
  const cp = programs.cp.find((file) => existsSync(file));
  if (cp === undefined) return Promise.resolve(false);
  const options = process.platform === "linux" ? ["--attributes-only", "--preserve=all"] : ["-p"];
  return new Promise((resolve) => {
    const settings = { env: {}, timeout: 10_000 };
    execFile(cp, [...options, "--", from, to], settings, (error, _, said) => {
      // GNU cp ends well where it could not keep an extended attribute, and only says so.
      resolve(error === null && said === "");
    });
  });
}
