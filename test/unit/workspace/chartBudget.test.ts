// The steps of reading charts, each by itself: none is done for which there is no room.

import assert from "node:assert/strict";
import { currentGrammar } from "../../../server/src/image/grammarProfile.ts";
import type { ExpansionBudget } from "../../../server/src/document/expansionBudget.ts";
import { imagePieces } from "../../../server/src/document/helm/imageExpression.ts";
import { joinCharts } from "../../../server/src/workspace/chartImages.ts";
import {
  chartsOf,
  definesFor,
  valuesFor,
  type Chart,
} from "../../../server/src/workspace/charts.ts";
import { chartSourcesOf, webService, type Files } from "../../support/workspaceFiles.ts";

/** Has room for so many more steps of whatever length. */
function roomFor(steps: number): ExpansionBudget {
  let left = steps;
  return {
    take() {
      left -= 1;
      return left >= 0;
    },
    get isSpent() {
      return left < 0;
    },
  };
}

/** What some work gives with room for no step, for one, for two and so on. */
function byRoom<Result>(most: number, work: (budget: ExpansionBudget) => Result): Result[] {
  return Array.from({ length: most + 1 }, (_, room) => work(roomFor(room)));
}

const define = (name: string): string => `{{ define "${name}" }}x{{ end }}\n`;
const files: Files = {
  "outer/Chart.yaml": "name: outer\n",
  "outer/values.yaml": "c: {a: b}\nd: e\n",
  "outer/templates/_o.tpl": define("outer"),
  "outer/charts/c/Chart.yaml": "name: c\n",
  "outer/charts/c/values.yaml": "a: x/y\n",
  "outer/charts/c/templates/_c.tpl": define("own"),
  "outer/charts/c/charts/p/Chart.yaml": "name: p\n",
  "outer/charts/c/charts/p/templates/_p.tpl": define("part"),
};

function chart(): Chart {
  return chartsOf(chartSourcesOf(files)).get("outer/charts/c") ?? assert.fail();
}

describe("a step of reading charts without room", () => {
  it("looks at no part, and puts no named templates together", () => {
    // One for the part, and one for the named templates of each of the three charts.
    const found = byRoom(4, (budget) => definesFor(chart(), budget).size);
    assert.deepEqual(found, [0, 0, 1, 2, 3]);
  });
  it("copies no values", () => {
    // One for each chart's own, and one for what the outer one has for this one.
    const found = byRoom(3, (budget) => valuesFor(chart(), budget).length);
    assert.deepEqual(found, [0, 1, 1, 2]);
  });

  const read = (text: string, steps: Parameters<typeof imagePieces>[2] = []) =>
    byRoom(8, (budget) => imagePieces(text, new Map([["i", "x"]]), steps, budget) !== undefined);
  const firstRoom = (found: readonly boolean[]): number => found.indexOf(true);
  it("reads no template, and makes no text of it", () => {
    assert.equal(firstRoom(read("a")), 2);
  });
  it("reads no variable in front", () => {
    const steps = [{ kind: "assign", name: "$a", pipeline: '"b"' }] as const;
    assert.equal(firstRoom(read("a", steps)), 3);
  });
  it("reads no named template", () => {
    assert.equal(firstRoom(read('{{ include "i" . }}')), 4);
  });
  it("makes nothing by a function", () => {
    assert.equal(firstRoom(read('{{ printf "a" }}')), 3);
  });
  it("makes nothing of what two branches make of a variable", () => {
    const set = '{{ $a := "b" }}{{ if .Values.c }}{{ $a = "d" }}{{ end }}{{ $a }}';
    // The template, both branches, the variable behind them, and the whole.
    assert.equal(firstRoom(read(set)), 5);
  });
});

describe("a chart in the folder of another that also names it", () => {
  it("is one part of it", () => {
    const sources = chartSourcesOf({
      "c/Chart.yaml": "name: c\ndependencies: [{name: p}]\n",
      "c/values.yaml": "p: {a: x/y:1}\n",
      "c/charts/p/Chart.yaml": "name: p\n",
      "c/charts/p/templates/s.yaml": webService('"{{ .Values.a }}"'),
    });
    const { images } = joinCharts(sources, currentGrammar);
    const [use] = images.get("c/values.yaml") ?? [];
    assert.equal(use?.madeBy?.length, 1);
  });
});
