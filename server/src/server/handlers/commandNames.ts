// The commands that clients may have the server execute.

/**
 * Each takes one argument `{ uri?, position? }`: one image, a file's, or the whole workspace's.
 * Their names differ from the extension's own commands, because a client registers both.
 */
export const serverCommands = {
  pin: "knativeDigest.server.pin",
  update: "knativeDigest.server.update",
  unpin: "knativeDigest.server.unpin",
  /** Asks for all pins and their tags, and answers with a `CheckReport`. */
  check: "knativeDigest.server.check",
  refresh: "knativeDigest.server.refresh",
  clearCache: "knativeDigest.server.clearCache",
  /** Reads the manifest, and answers with a `PlatformsReport`. */
  platforms: "knativeDigest.server.platforms",
  /** Asks the cluster about the open documents, and answers with a `CompareReport`. */
  compareCluster: "knativeDigest.server.compareCluster",
  /** Looks the repository's newest tags up until one has the image's digest, and answers with a `FindTagReport`. */
  findTag: "knativeDigest.server.findTag",
  /** Answers with a `SkipListReport`. */
  skipList: "knativeDigest.server.skipList",
  /** Answers with all images as `ImageReport`s. */
  images: "knativeDigest.server.images",
  /** Answers with the diagnostics of the files that are not open as `FileProblems`; asks first if `{ ask: true }`. */
  problems: "knativeDigest.server.problems",
  /** Answers with the images as a text; the argument says `{ format: "markdown" | "csv" }`. */
  inventory: "knativeDigest.server.inventory",
  /** Answers what Knative does with `{ image }`; asks its registry if `{ ask: true }`. */
  resolveImage: "knativeDigest.server.resolveImage",
} as const;
