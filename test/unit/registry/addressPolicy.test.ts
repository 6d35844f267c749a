// Which addresses and names lie where.

import assert from "node:assert/strict";
import {
  classifyAddress,
  classifyHost,
  isBadPort,
  mayReach,
  outermost,
} from "../../../server/src/registry/transport/addressPolicy.ts";

const addresses: Readonly<Record<string, string>> = {
  "1.1.1.1": "public",
  "203.0.113.7": "public",
  "198.18.0.1": "public",
  "172.15.255.255": "public",
  "172.32.0.0": "public",
  "2606:4700::1111": "public",
  "10.0.0.1": "private",
  "172.16.0.1": "private",
  "172.31.255.255": "private",
  "192.168.1.1": "private",
  "100.64.0.1": "private",
  "fd12:3456::1": "private",
  "fec0::1": "private",
  "feff::1": "private",
  "::ffff:10.0.0.1": "private",
  "64:ff9b::10.0.0.1": "private",
  "2002:0a00:0001::1": "private",
  "2001:0:53aa:64c:0:0:f5ff:fffe": "private",
  "127.0.0.1": "loopback",
  "127.255.255.254": "loopback",
  "::1": "loopback",
  "::ffff:127.0.0.1": "loopback",
  "::7f00:1": "loopback",
  "0.0.0.0": "forbidden",
  "0.1.2.3": "forbidden",
  "169.254.0.1": "forbidden",
  "169.254.169.254": "forbidden",
  "::ffff:169.254.169.254": "forbidden",
  "::ffff:a9fe:a9fe": "forbidden",
  "64:ff9b::a9fe:a9fe": "forbidden",
  "2002:a9fe:a9fe::": "forbidden",
  "100.100.100.200": "forbidden",
  "168.63.129.16": "forbidden",
  "224.0.0.1": "forbidden",
  "255.255.255.255": "forbidden",
  "::": "forbidden",
  "fe80::1": "forbidden",
  "fe80::1%eth0": "forbidden",
  "ff02::1": "forbidden",
  "fd00:ec2::254": "forbidden",
  "fd00:ec2::23": "forbidden",
  "fd20:ce::254": "forbidden",
  "192.0.0.192": "forbidden",
  "64:ff9b:1::a9fe:a9fe": "forbidden",
  "::ffff:0:a9fe:a9fe": "forbidden",
  "01.2.3.4": "forbidden",
  "1.2.3": "forbidden",
  "1.2.3.256": "forbidden",
  "1::2::3": "forbidden",
  "12345::": "forbidden",
  "": "forbidden",
  nonsense: "forbidden",
};

const hosts: Readonly<Record<string, string>> = {
  "ghcr.io": "public",
  "registry.example.com.": "public",
  "[2606:4700::1111]": "public",
  localhost: "loopback",
  "localhost.": "loopback",
  "": "forbidden",
  "app.localhost": "loopback",
  "[::1]": "loopback",
  registry: "private",
  "registry.local": "private",
  "registry.corp.internal": "private",
  "nas.lan": "private",
  "registry.ns.svc": "private",
  "registry.ns.svc.cluster.local": "private",
  metadata: "forbidden",
  "metadata.google.internal": "forbidden",
  "metadata.google.internal.": "forbidden",
  "metadata.google.internal..": "forbidden",
  "metadata.goog": "forbidden",
  "instance-data": "forbidden",
  "instance-data.ec2.internal": "forbidden",
  "localhost..": "loopback",
  "169.254.169.254": "forbidden",
};

describe("the address policy", () => {
  it("of two classes takes the one less far inside", () => {
    for (const inner of ["private", "loopback"] as const) {
      assert.equal(outermost("public", inner), "public");
      assert.equal(outermost(inner, "public"), "public");
    }
  });

  for (const [address, hostClass] of Object.entries(addresses)) {
    it(`the address ${JSON.stringify(address)} is ${hostClass}`, () => {
      assert.equal(classifyAddress(address), hostClass);
    });
  }

  for (const [host, hostClass] of Object.entries(hosts)) {
    it(`the name ${host} is ${hostClass}`, () => assert.equal(classifyHost(host), hostClass));
  }

  it("what lies further inside is not reached from outside, and forbidden never", () => {
    assert.ok(mayReach("private", "public") && mayReach("loopback", "private"));
    assert.ok(!mayReach("public", "private") && !mayReach("private", "loopback"));
    assert.ok(!mayReach("loopback", "forbidden"));
  });

  it("ports of other protocols are not asked over http", () => {
    assert.ok(isBadPort(25) && isBadPort(22) && isBadPort(6667));
    assert.ok(!isBadPort(80) && !isBadPort(5000) && !isBadPort(443));
  });
});
