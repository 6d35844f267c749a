// Pages of images at their registries.

import assert from "node:assert/strict";
import { registryPage } from "../../../server/src/features/registryPages.ts";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";

describe("the page of an image", () => {
  const page = (image: string): string | undefined => {
    const reference = parseImageReference(image);
    assert.ok(reference.kind === "tag");
    return registryPage(reference);
  };

  it("is the registry's own", () => {
    assert.equal(page("nginx:1"), "https://hub.docker.com/_/nginx");
    assert.equal(page("acme/app:1"), "https://hub.docker.com/r/acme/app");
    assert.equal(page("quay.io/acme/app:1"), "https://quay.io/repository/acme/app");
    assert.equal(page("eu.gcr.io/acme/app:1"), "https://eu.gcr.io/acme/app");
    assert.equal(page("gcr.io/acme/app:1"), "https://gcr.io/acme/app");
    assert.equal(
      page("europe-docker.pkg.dev/acme/images/app:1"),
      "https://europe-docker.pkg.dev/acme/images/app",
    );
  });

  it("is none where nobody knows one, and for names that could lead elsewhere", () => {
    assert.equal(page("registry.internal:5000/app:1"), undefined);
    assert.equal(page("constructor/app:1"), "https://hub.docker.com/r/constructor/app");
    assert.equal(page("quay.io/a/../../evil:1"), undefined);
  });
});
