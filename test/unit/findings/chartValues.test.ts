// Images of a chart's values are judged, found at their place, and follow their templates.

import assert from "node:assert/strict";
import { placedStates } from "../../../server/src/findings/reading.ts";
import { readText } from "../../support/reading.ts";

const uri = "file:///work/chart/values.yaml";
const others = (template: string): Record<string, string> => ({
  "file:///work/chart/Chart.yaml": "name: web\n",
  "file:///work/chart/templates/web.yaml": template,
});
const template = (kind: string, image: string): string =>
  `apiVersion: ${kind}\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  template:\n    spec:\n      containers:\n        - image: ${image}\n`;
const knative = "serving.knative.dev/v1\nkind: Service";

describe("a chart's values", () => {
  const values = "image:\n  repository: dev.local/app\n  tag: latest\n";
  const image = '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"';
  it("are an image where a Knative template makes one of them", () => {
    const reading = readText(values, { uri, others: others(template(knative, image)) });
    const [placed, ...rest] = placedStates(reading);
    assert.deepEqual(rest, []);
    assert.equal(placed?.state.use.reference.text, "dev.local/app:latest");
    assert.equal(placed.state.outcome.kind, "skip");
    assert.equal(values.slice(placed.place.start, placed.place.end), "latest");
  });
  it("are read whichever branch of the template stands last", () => {
    const both = `\n{{- if .Values.image.digest }}\n          image: "{{ .Values.image.repository }}@{{ .Values.image.digest }}"\n{{- else }}\n          image: ${image}\n{{- end }}\n`;
    const text = template(knative, "X").replace("        - image: X\n", `        - name: a${both}`);
    const withDigest = `${values}  digest: ""\n`;
    const [placed] = placedStates(readText(withDigest, { uri, others: others(text) }));
    assert.deepEqual(
      placed?.state.use.parts.map(({ kind }) => kind),
      ["repository", "tag", "digest"],
    );
  });
  it("are none where only other workloads use them", () => {
    const reading = readText(values, {
      uri,
      others: others(template("apps/v1\nkind: Deployment", image)),
    });
    assert.deepEqual(placedStates(reading), []);
  });
  it("stay a template's where that cannot be read for certain", () => {
    const reading = readText(values, {
      uri,
      others: others(template(knative, "{{ .Values.image | toYaml }}")),
    });
    assert.deepEqual(placedStates(reading), []);
  });
});
