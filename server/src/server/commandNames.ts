// The commands that clients may have the server execute.

/**
 * Each takes one argument `{ uri?, position? }`: one image, a file's, or the whole workspace's.
 * Their names differ from the extension's own commands, because a client registers both.
 */
export const serverCommands = {
  pin: "knativeDigest.server.pin",
  update: "knativeDigest.server.update",
  unpin: "knativeDigest.server.unpin",
  refresh: "knativeDigest.server.refresh",
  clearCache: "knativeDigest.server.clearCache",
  platforms: "knativeDigest.server.platforms",
  skipList: "knativeDigest.server.skipList",
  images: "knativeDigest.server.images",
} as const;
