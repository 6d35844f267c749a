// Renames a file over another one, also where another program holds that one open for a moment.

import { rename } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

/** What renaming needs of a system. */
export interface RenameSystem {
  readonly platform: NodeJS.Platform;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

const thisSystem: RenameSystem = { platform: process.platform, rename, pause: setTimeout };

/** Before each further try. A virus scanner or an indexer is done within the first of them. */
const pausesMs = [10, 20, 50, 100, 200, 400];

/** How Windows refuses to replace a file that somebody has open (MoveFileEx: access denied, sharing violation). */
const heldOpen = ["EPERM", "EACCES", "EBUSY"];

/**
 * Puts `from` in the place of `to`. On Windows it tries again for a second; other systems replace open files at once.
 * @throws {Error} the system's, from the last try
 */
export async function renameOver(
  from: string,
  to: string,
  system: RenameSystem = thisSystem,
): Promise<void> {
  for (const milliseconds of pausesMs) {
    try {
      await system.rename(from, to);
      return;
    } catch (error) {
      if (system.platform !== "win32" || !isHeldOpen(error)) throw error;
    }
    await system.pause(milliseconds);
  }
  await system.rename(from, to);
}

function isHeldOpen(error: unknown): boolean {
  return error instanceof Error && "code" in error && heldOpen.includes(String(error.code));
}
