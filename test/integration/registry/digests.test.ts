// Digests of the real docker-registry, with skopeo's as the second opinion.

import assert from "node:assert/strict";
import {
  startDockerRegistry,
  reader,
  type StartedRegistry,
} from "../../support/registry/dockerRegistry.ts";
import { pushFixtures, standardFixtures } from "../../support/registry/fixtures.ts";
import { createTestResolver } from "../../support/registry/testResolver.ts";

describe("digests from docker-registry", function () {
  this.timeout(60_000);
  let open: StartedRegistry;
  let locked: StartedRegistry;
  let digests: ReadonlyMap<string, string>;

  before(async () => {
    open = await startDockerRegistry();
    locked = await startDockerRegistry({ storage: open.storage, login: "htpasswd" });
    digests = await pushFixtures(open.host);
  });
  after(async () => {
    await open.stop();
    await locked.stop();
  });

  for (const [index, { target }] of standardFixtures.entries()) {
    it(`P0${index + 1} ${target} has the digest that skopeo sees`, async () => {
      const test = createTestResolver();
      const answer = await test.resolved(`${open.host}/${target}`);
      assert.equal(answer.digest, digests.get(target));
      await test.close();
    });
  }

  it("A28 a password is sent where the registry wants one", async () => {
    const test = createTestResolver({ logins: { [locked.host]: reader } });
    const answer = await test.resolved(`${locked.host}/team/app:index`);
    assert.equal(answer.digest, digests.get("team/app:index"));
    await test.close();
  });
});
