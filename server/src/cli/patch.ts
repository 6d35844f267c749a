// A change of a file as a patch.

import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/**
 * The patch from one text of a file to another, for `git apply` and `patch -p1` in the current folder.
 * @param name the file's path from that folder
 */
export function renderPatch(name: string, before: string, after: string): string {
  // Without a `diff --git` line git takes the names as seen from the current folder, as they are here.
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
