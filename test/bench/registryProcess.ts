// A process that resolves the images on its standard input, as the command line does, and ends.

import { text } from "node:stream/consumers";
import { createRegistryAccess } from "../../server/src/node/registryAccess.ts";
import { createResolver } from "../../server/src/resolver/resolver.ts";
import { defaultSettings } from "../../server/src/settings.ts";
import { keyOf } from "../support/registry/testResolver.ts";

const [, , cacheFolder = ""] = process.argv;
const settings = (): typeof defaultSettings => defaultSettings;
const log = (): void => undefined;
const access = createRegistryAccess({
  settings,
  variables: {},
  workspaceFolders: () => [],
  log,
  cacheFolder,
});
const resolver = createResolver({
  ...access,
  log,
  settings,
  policy: { trusted: true, offline: false },
});
const { signal } = new AbortController();
const images = (await text(process.stdin)).split("\n");
const answers = await Promise.all(
  images.map((image) => resolver.resolve(keyOf(image), { signal, priority: "rest" })),
);
const failed = answers.find(({ status }) => status !== "resolved");
await resolver.dispose();
if (failed !== undefined) {
  process.stderr.write(JSON.stringify(failed));
  process.exitCode = 1;
}
