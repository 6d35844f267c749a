// Settings that guard: what cannot be understood of them stops requests, and is not taken for unset.

import assert from "node:assert/strict";
import { unusableSetting } from "../../server/src/registry/registryHost.ts";
import { parseSettings } from "../../server/src/settings.ts";

describe("settings that say where requests and credentials go", () => {
  const stops: readonly (readonly [settings: Record<string, unknown>, all: boolean])[] = [
    [{ proxy: 5 }, true],
    [{ caFile: ["a"] }, true],
    [{ registries: ["registry.example"] }, true],
    [{ registries: { "registry example": {} } }, true],
    [{ registries: { "http://user:pass@registry.example": {} } }, true],
    [{ registries: { "registry.example": "mirror.example" } }, false],
    [{ registries: { "registry.example": { mirror: 5 } } }, false],
    [{ registries: { "https://registry.example/": { insecure: "yes" } } }, false],
    [{ registries: { "registry.example:443": { caFile: {} } } }, false],
    [{ registries: { "registry.example": { mirorr: "mirror.example" } } }, false],
    [{ trustedAuthHosts: "auth.example" }, true],
    [{ trustedAuthHosts: { "*": ["auth.example"] } }, true],
    [{ trustedAuthHosts: { "registry.example": ["*.example"] } }, false],
    [{ trustedAuthHosts: { "registry.example": [5] } }, false],
  ];
  for (const [raw, all] of stops) {
    it(`${JSON.stringify(raw)} stops ${all ? "all requests" : "those of the registry"}`, () => {
      const { settings, wrong } = parseSettings(raw);
      assert.equal(wrong.length, 1);
      const [name] = Object.keys(raw);
      assert.equal(unusableSetting("registry.example", settings.unusable), name);
      assert.equal(unusableSetting("other.example", settings.unusable), all ? name : undefined);
    });
  }

  it("are read to their end where a value holds itself, as YAML allows", () => {
    const own: Record<string, unknown> = {};
    own["style"] = own;
    const { settings, wrong } = parseSettings({ pin: own });
    assert.equal(settings.pin.style, "tag-and-digest");
    assert.deepEqual(wrong, []);
  });

  it("are taken as they are meant where that is clear", () => {
    const { settings, wrong } = parseSettings({
      registries: {
        "https://registry.example/": { mirror: "https://mirror.example/path", caFile: null },
      },
      trustedAuthHosts: { "registry.example": "https://auth.example/" },
      proxy: null,
      caFile: "",
    });
    assert.deepEqual(wrong, []);
    assert.deepEqual(settings.unusable, []);
    assert.deepEqual(settings.registries, {
      "registry.example": { mirror: "https://mirror.example/path" },
    });
    assert.deepEqual(settings.trustedAuthHosts, { "registry.example": ["auth.example"] });
  });

  it("of Docker Hub count under each of its names", () => {
    const { settings } = parseSettings({ registries: { "docker.io": { mirror: 5 } } });
    assert.equal(unusableSetting("index.docker.io", settings.unusable), "registries");
  });
});
