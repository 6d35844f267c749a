// The hover on a pull secret: which images it serves, and never what is secret in it.

import assert from "node:assert/strict";
import { fileOffset } from "../../../server/src/document/span.ts";
import { toPlainText } from "../../../server/src/features/markdown.ts";
import { pullSecretHover, type SecretUser } from "../../../server/src/features/pullSecretHover.ts";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import { auth, password, pullSecretText } from "../../support/pullSecretText.ts";
import { readText } from "../../support/reading.ts";

const secret = (auths: Record<string, unknown>): string => pullSecretText("pull", auths);

function user(image: string, namespace: string | null = null): SecretUser {
  const reference = parseImageReference(image);
  assert.ok(reference.kind === "tag");
  return { reference, namespace };
}

function hoverOn(text: string, users: readonly SecretUser[]): string | undefined {
  const offset = fileOffset(text.indexOf("json: ") + "json: ".length + 3);
  const hover = pullSecretHover(readText(text), offset, () => users);
  return hover === undefined ? undefined : toPlainText(hover.blocks);
}

describe("the hover on a pull secret", () => {
  it("names the images that Knative signs in for with it, each with its key, and no password", () => {
    const text = secret({
      "https://robot:other@quay.io/acme": { auth },
      "ghcr.io": { auth },
      "empty.test": {},
    });
    const shown = hoverOn(text, [
      user("quay.io/acme/app:v1"),
      user("quay.io/acme/app:v2"),
      user("quay.io/other/app:v1"),
      user("ghcr.io/acme/app:v1", "shop"),
      user("ghcr.io/acme/elsewhere:v1", "bank"),
      user("empty.test/acme/app:v1"),
    ]);
    assert.match(shown ?? "", /for 2 of 4 repositories/);
    assert.match(shown ?? "", /quay\.io\/acme\/app ← https:\/\/.*quay\.io\/acme/);
    assert.match(shown ?? "", /ghcr\.io\/acme\/app ← ghcr\.io/);
    assert.doesNotMatch(shown ?? "", /elsewhere|empty\.test/);
    for (const hidden of [password, "other@", auth]) assert.ok(!shown?.includes(hidden), hidden);
  });

  it("names eight, and counts the others", () => {
    const users = Array.from({ length: 10 }, (_, at) => user(`ghcr.io/acme/app${at}:v1`));
    const shown = hoverOn(secret({ "ghcr.io": { auth } }), users) ?? "";
    assert.equal(shown.split(" ← ").length - 1, 8);
    assert.match(shown, /and 2 more$/);
  });

  it("says where it serves none", () => {
    const shown = hoverOn(secret({ "docker.io": { auth } }), [user("nginx:1.27")]);
    assert.match(shown ?? "", /for none of the images in the workspace/);
  });

  it("is none where the text is still to be filled in, broken, or another's", () => {
    const filled = secret({}).replace(/json: .*\n/, "json: ENC[AES256_GCM,data:abc]\n");
    const broken = secret({}).replace(/json: .*\n/, "json: '%%%%%%%'\n");
    const opaque = secret({}).replace("kubernetes.io/dockerconfigjson", "Opaque");
    for (const text of [filled, broken, opaque]) assert.equal(hoverOn(text, []), undefined);
  });
});
